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
      const warnings = await within(readyWithinMs, needs.ready());
      return { status: 'ready', ...(warnings.length > 0 ? { warnings } : {}) };
    } catch (error) {
      request.log.warn({ err: error }, 'not ready');
      throw new StoaError('UNAVAILABLE', 'The server is not ready to work.');
    }
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

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
