import { FileId } from '@stoa/protocol/validate';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { HttpOptions } from '../http-options.ts';
import { type FileResource, fileResource } from './file-resource.ts';
import { uploaderOf } from './uploader.ts';

const Ids = Type.Object({ ids: Type.Array(FileId, { minItems: 1, maxItems: 100 }) });

/** New links, for those who uploaded a file or may read a message that names it. */
export function linkRoutes(app: FastifyInstance, { files, users, settings }: HttpOptions): void {
  app.post<{ Body: Static<typeof Ids> }>('/files/links', { schema: { body: Ids } }, async (request) => {
    const { aid, uid } = await uploaderOf(request, users);
    const found: FileResource[] = [];
    for (const id of new Set(request.body.ids)) {
      const file = await files.attachments.find(aid, uid, id);
      if (file !== undefined) found.push(fileResource(file, files.links, settings, request));
    }
    return { files: found };
  });
}
