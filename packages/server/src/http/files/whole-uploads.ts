import multipart from '@fastify/multipart';
import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import type { HttpOptions } from '../http-options.ts';
import { fileResource } from './file-resource.ts';
import { uploaderOf } from './uploader.ts';

/** Bounds of a form beside its file. The file has limits of its own, which are checked as it comes. */
export const formLimits = {
  files: 1,
  fields: 20,
  parts: 21,
  fieldSize: 4096,
  headerPairs: 50,
  fileSize: Infinity,
};

/** A file in one request: `multipart/form-data` with one file, whatever its field is called. */
export function wholeUploads(app: FastifyInstance, { files, users, settings }: HttpOptions): void {
  app.register(multipart, { limits: formLimits });
  app.post('/files', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
    const uploader = await uploaderOf(request, users);
    const part = request.isMultipart() ? await request.file() : undefined;
    if (part === undefined) {
      throw new StoaError('BAD_REQUEST', 'The request must be a form (multipart/form-data) with a file.');
    }
    const file = await files.uploads.receive(uploader, part.filename ?? '', part.file);
    return reply.status(201).send({ file: fileResource(file, files.links, settings, request) });
  });
}
