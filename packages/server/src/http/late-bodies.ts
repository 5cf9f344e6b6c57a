import type { FastifyInstance } from 'fastify';
import { type Clock, systemClock } from '../clock.ts';
import { answerMalformed } from './malformed.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file: it may take as long as it likes, as long as it comes. */
    readonly takesFile?: true;
  }
}

/**
 * Ends requests whose bodies come too late: after `seconds`, or, of a file, when next to nothing has come for so long.
 * What is still coming when they are answered counts as well: Node goes on reading it. (Node has one time for all requests,
 * and large files over slow lines need more of it than anything else may have.)
 */
export function endLateBodies(
  app: FastifyInstance,
  seconds: number,
  clock: Pick<Clock, 'every'> = systemClock,
): void {
  app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    const { socket, headers } = raw;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    // What is injected comes over no connection, and is neither complete nor late.
    if (!hasBody || raw.complete !== false) return;
    let seen = socket.bytesRead;
    let isAnswered = false;
    const stop = clock.every(seconds * 1_000, () => {
      // It has come, even if nobody has looked at all of it.
      if (raw.complete) return stop();
      const came = socket.bytesRead - seen;
      seen = socket.bytesRead;
      if (routeOptions.config.takesFile === true && came >= leastBytes) return;
      stop();
      if (isAnswered) {
        socket.destroy();
        return;
      }
      answerMalformed(late, socket);
      // Not at once: whoever is still writing would not read the answer.
      setTimeout(() => socket.destroy(), lingerMs).unref();
    });
    raw.once('end', stop);
    // It will not end when the connection is gone.
    raw.once('close', stop);
    reply.raw.once('close', () => {
      isAnswered = true;
      if (raw.complete || socket.destroyed) stop();
    });
  });
}

/** What even the slowest line brings in that time. */
const leastBytes = 4_096;
const lingerMs = 1_000;
const late = Object.assign(new Error('The body came too late.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
