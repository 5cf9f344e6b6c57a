import type { FastifyInstance } from 'fastify';
import type { Limits } from '../limits/index.ts';
import type { Metrics } from '../metrics/index.ts';

/**
 * Counts and logs requests. Logged is the pattern of the route, never the URL: /api.php takes tokens in the query.
 */
export function observeRequests(app: FastifyInstance, metrics: Metrics, limits: Limits): void {
  const debugging = ['debug', 'trace'].includes(app.log.level);

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    const seconds = reply.elapsedTime / 1000;
    metrics.httpRequests.observe({ method, route, status: reply.statusCode }, seconds);
    if (!debugging) return;
    const { address } = limits.clientOf(request.raw);
    request.log.debug({ method, route, status: reply.statusCode, seconds, address }, 'request');
  });
}
