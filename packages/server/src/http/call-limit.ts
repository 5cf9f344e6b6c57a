import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import type { Limits } from '../limits/index.ts';

/** Limits how often an address may call the routes of this scope, before anything of the request is read. */
export function limitCalls(app: FastifyInstance, limits: Limits): void {
  app.addHook('onRequest', async (request) => {
    const retryAfterMs = limits.callDelay(limits.clientOf(request.raw));
    if (retryAfterMs > 0) {
      throw new StoaError('RATE_LIMITED', 'Too many calls from this address.', { retryAfterMs });
    }
  });
}
