import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import type { HttpOptions } from './http-options.ts';

const prefixes = ['/', '/messenger/'];

/** Serves the built messenger at / and /messenger/. */
export function webApp(app: FastifyInstance, { paths }: HttpOptions): void {
  if (!existsSync(join(paths.messengerApp, 'index.html'))) {
    for (const url of [...prefixes, '/messenger']) app.get(url, notBuilt);
    return;
  }
  app.get('/messenger', async (_request, reply) => reply.redirect('/messenger/'));
  for (const prefix of prefixes) {
    app.register(fastifyStatic, {
      root: paths.messengerApp,
      prefix,
      decorateReply: false,
      cacheControl: false,
      preCompressed: true,
      setHeaders: (reply, path) => {
        // Vite puts a hash of the content into the names of assets; all other names can get new content.
        const asset = path.includes(`${sep}assets${sep}`);
        reply.header('cache-control', asset ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
}

async function notBuilt(): Promise<never> {
  throw new StoaError('UNAVAILABLE', 'The web application was not built.', {
    hint: 'Run "npm run build" where the server is installed, then start it again.',
  });
}
