import { StoaError } from '@stoa/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { limitCalls } from '../call-limit.ts';
import { failureOf, setRetryAfter } from '../failure.ts';
import type { HttpOptions } from '../http-options.ts';
import { accessOperations } from './access-operations.ts';
import { failure, type Repeated, success } from './answers.ts';
import { appOperations } from './app-operations.ts';
import { groupJoiningOperations } from './group-joining-operations.ts';
import { groupOperations } from './group-operations.ts';
import { messageMarkOperations } from './message-mark-operations.ts';
import { messageOperations } from './message-operations.ts';
import type { Operation } from './operation.ts';
import { otpOperations } from './otp-operations.ts';
import type { RawRequest } from './parameters.ts';
import { readBodies } from './read-body.ts';
import { tokenOperations } from './token-operations.ts';
import { userOperations } from './user-operations.ts';

const operations: ReadonlyMap<string, Operation> = new Map(
  [
    userOperations,
    tokenOperations,
    otpOperations,
    messageOperations,
    messageMarkOperations,
    groupOperations,
    groupJoiningOperations,
    appOperations,
    accessOperations,
  ]
    .flat()
    .flatMap((operation) => operation.names.map((name) => [name, operation])),
);

export { failure };

/** Answers to these failures carry their HTTP status; all other calls are answered with 200 and `result: false`. */
const carriesStatus = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL']);

/**
 * The mesibo back-end API at /backend and /api.php. Both take JSON, forms and queries, and every operation takes its
 * parameters in the older (flat) and the newer (nested) spelling. As there, what an operation refuses is told in the
 * body: `result` is false and `error` says why.
 */
export function backendApi(app: FastifyInstance, services: HttpOptions): void {
  limitCalls(app, services.limits);
  readBodies(app);

  app.setErrorHandler((error, request, reply) => {
    const { status, error: coded } = failureOf(error, request);
    return answerFailure(reply, coded, repeatedOf(rawOf(request)), status);
  });

  for (const url of ['/backend', '/backend/', '/api.php']) {
    app.route({ method: ['GET', 'POST'], url, handler: call });
  }

  async function call(request: FastifyRequest, reply: FastifyReply) {
    reply.header('cache-control', 'no-store');
    const raw = rawOf(request);
    const repeated = repeatedOf(raw);
    try {
      return success(repeated, await operationOf(repeated.op).run({ request, raw, services }));
    } catch (thrown) {
      const { status, error } = failureOf(thrown, request);
      return answerFailure(reply, error, repeated, carriesStatus.has(error.code) ? status : 200);
    }
  }
}

function answerFailure(reply: FastifyReply, error: StoaError, repeated: Repeated, status: number) {
  setRetryAfter(reply, error);
  return reply.status(status).send(failure(repeated, error));
}

/** The parameters of a request: those of the body count before those of the query. */
function rawOf({ query, body }: FastifyRequest): RawRequest {
  return { ...(query as object), ...(body as object | undefined) };
}

function repeatedOf(raw: RawRequest): Repeated {
  const op = Object.hasOwn(raw, 'op') && typeof raw.op === 'string' ? raw.op.slice(0, 64) : '';
  const id = Object.hasOwn(raw, 'id') ? raw.id : undefined;
  return { op, ...(typeof id === 'number' || (typeof id === 'string' && id.length <= 64) ? { id } : {}) };
}

function operationOf(op: string): Operation {
  const operation = operations.get(op.toLowerCase());
  if (operation !== undefined) return operation;
  const message = op === '' ? 'The request names no operation in "op".' : `There is no operation "${op}".`;
  throw new StoaError('UNKNOWN_OPERATION', message);
}
