import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import type { HttpOptions } from '../http-options.ts';
import { fileResource } from './file-resource.ts';
import { takeForms } from './form-bodies.ts';
import { uploaderOf } from './uploader.ts';

/** A file in one request: `multipart/form-data` with one file, whatever its field is called. */
export function wholeUploads(app: FastifyInstance, { files, users, settings }: HttpOptions): void {
  takeForms(app);
  app.post(
    '/files',
    { bodyLimit: Number.MAX_SAFE_INTEGER, config: { takesFile: true } },
    async (request, reply) => {
      const uploader = await uploaderOf(request, users);
      const part = request.isMultipart() ? await request.file() : undefined;
      if (part === undefined) {
        throw new StoaError('BAD_REQUEST', 'The request must be a form (multipart/form-data) with a file.');
      }
      const file = await files.uploads.receive(uploader, part.filename ?? '', part.file);
      return reply.status(201).send({ file: fileResource(file, files.links, settings, request) });
    },
  );
}
