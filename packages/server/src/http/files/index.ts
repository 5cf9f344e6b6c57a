import type { FastifyInstance } from 'fastify';
import { limitCalls } from '../call-limit.ts';
import type { HttpOptions } from '../http-options.ts';
import { downloadRoutes } from './downloads.ts';
import { linkRoutes } from './link-routes.ts';
import { mesiboUpload } from './mesibo-upload.ts';
import { resumableUploads } from './resumable-uploads.ts';
import { wholeUploads } from './whole-uploads.ts';

/** Files under /files: uploads as a whole and in pieces, links, downloads. */
export function fileRoutes(app: FastifyInstance, options: HttpOptions): void {
  app.register(async (scope) => downloadRoutes(scope, options));
  app.register(async (scope) => {
    limitCalls(scope, options.limits);
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    scope.addHook('onSend', async (request, reply) => {
      // What was refused before its end is not read to it: the connection cannot carry another request.
      if (!request.raw.complete) reply.header('connection', 'close');
    });
    linkRoutes(scope, options);
    scope.register(async (inner) => resumableUploads(inner, options));
    scope.register(async (inner) => wholeUploads(inner, options));
    scope.register(async (inner) => mesiboUpload(inner, options));
  });
}
