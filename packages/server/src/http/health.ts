import { StoaError } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';
import { basicPassword, requireAdministrator } from './administrator-access.ts';
import type { HttpOptions } from './http-options.ts';

type Needs = Pick<HttpOptions, 'ready' | 'metrics' | 'administrator' | 'limits'>;

/** Milliseconds in which the store must answer. */
const readyWithinMs = 2_000;

/** Whether the node lives, whether it can work, and what it counts. */
export function healthRoutes(app: FastifyInstance, needs: Needs): void {
  app.get('/healthz', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });

  app.get('/readyz', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      await within(readyWithinMs, needs.ready());
    } catch (error) {
      request.log.warn({ err: error }, 'not ready');
      throw new StoaError('UNAVAILABLE', 'The server is not ready to work.');
    }
    return { status: 'ready' };
  });

  // Numbers about the load are nobody's business outside: a collector elsewhere uses the administrator's password.
  app.get('/metrics', async (request, reply) => {
    if (!needs.limits.clientOf(request.raw).private) {
      await requireAdministrator(basicPassword(request), request, needs);
    }
    reply.header('cache-control', 'no-store').type(needs.metrics.registry.contentType);
    return needs.metrics.registry.metrics();
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
