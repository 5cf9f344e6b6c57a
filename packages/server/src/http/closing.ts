import type { FastifyInstance } from 'fastify';

/** How long requests that are under way have, once the server closes. */
const graceMs = 5_000;
/** How often it is looked whether there are any left. */
const lookMs = 50;

/**
 * Sees to it that closing the server ends: a connection on which no request is under way is cut at once, be it one on
 * which nothing or half a request was ever said, and Node would wait for its end.
 */
export function endConnectionsOnClose(app: FastifyInstance): void {
  let underWay = 0;
  app.addHook('onRequest', async (_request, reply) => {
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
  });
  app.addHook('preClose', async () => {
    const deadline = Date.now() + graceMs;
    const timer = setInterval(() => {
      if (underWay === 0 || Date.now() >= deadline) app.server.closeAllConnections();
    }, lookMs);
    app.server.once('close', () => clearInterval(timer));
    // It may never have listened; then it does not close either.
    timer.unref();
  });
}
