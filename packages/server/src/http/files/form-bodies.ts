import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';

/** Bounds of a form beside its file. The file has limits of its own, which are checked as it comes. */
const formLimits = {
  files: 1,
  fields: 20,
  parts: 21,
  fieldSize: 4096,
  headerPairs: 50,
  fileSize: Infinity,
};

/**
 * Lets the routes of this scope take forms with a file, as they come. Of any other body nothing is read: these routes have
 * no limit on its size, and whoever sends it has proved nothing yet.
 */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.register(multipart, { limits: formLimits });
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
}
