import type { FastifyInstance } from 'fastify';
import { answerMalformed } from './malformed.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file: it may take as long as it likes, as long as it comes. */
    readonly takesFile?: true;
  }
}

/**
 * Ends requests whose bodies come too late: after `seconds`, or, of a file, when next to nothing has come for so long.
 * (Node has one time for all requests, and large files over slow lines need more of it than anything else may have.)
 */
export function endLateBodies(app: FastifyInstance, seconds: number): void {
  app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    const { socket, headers } = raw;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (!hasBody || raw.complete) return;
    let seen = socket.bytesRead;
    const timer = setInterval(() => {
      const came = socket.bytesRead - seen;
      seen = socket.bytesRead;
      if (routeOptions.config.takesFile === true && came >= leastBytes) return;
      clearInterval(timer);
      answerMalformed(late, socket);
      // Not at once: whoever is still writing would not read the answer.
      setTimeout(() => socket.destroy(), lingerMs).unref();
    }, seconds * 1_000);
    const stop = (): void => clearInterval(timer);
    raw.once('end', stop);
    reply.raw.once('close', stop);
  });
}

/** What even the slowest line brings in that time. */
const leastBytes = 4_096;
const lingerMs = 1_000;
const late = Object.assign(new Error('The body came too late.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
