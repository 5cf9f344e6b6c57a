import { StoaError } from '@stoa/protocol';
import { StoreUnavailableError } from '@stoa/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A failed request: what the caller may know, and the HTTP status that goes with it. */
export interface Failure {
  readonly status: number;
  readonly error: StoaError;
}

/** What fastify (and its plugins) throw: the code names the cause. */
interface FrameworkError extends Error {
  readonly code?: string;
  readonly statusCode?: number;
  readonly validation?: readonly { readonly instancePath?: string; readonly message?: string }[];
  readonly validationContext?: string;
}

/** Turns whatever was thrown into a failure with a code. What nobody foresaw is logged, and its cause not shown. */
export function failureOf(thrown: unknown, request: FastifyRequest): Failure {
  if (thrown instanceof StoaError) {
    if (thrown.code === 'INTERNAL') request.log.error({ err: thrown }, 'request failed');
    return { status: thrown.status, error: thrown };
  }
  if (thrown instanceof StoreUnavailableError) {
    request.log.warn({ err: thrown }, 'the store is unavailable');
    return coded(new StoaError('UNAVAILABLE', undefined, { cause: thrown }));
  }
  const framework = thrown instanceof Error ? (thrown as FrameworkError) : undefined;
  // Who asked has gone in the middle of his body: nothing that the operator has to know.
  if (framework?.code === 'ECONNRESET' && framework.message === 'aborted') {
    return coded(new StoaError('BAD_REQUEST', 'The request broke off.'));
  }
  const status = framework?.statusCode ?? 500;
  if (framework?.validation !== undefined) return coded(new StoaError('BAD_REQUEST', invalid(framework)));
  if (framework?.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return coded(new StoaError('TOO_LARGE', 'The body of the request is larger than the limit.'));
  }
  // Files outside of what is served, or with impossible names.
  if (status === 403 || status === 404) return unknownRoute(request);
  if (framework !== undefined && status >= 400 && status < 500) {
    return { status, error: new StoaError('BAD_REQUEST', badRequest(framework)) };
  }
  request.log.error({ err: thrown }, 'request failed');
  return coded(new StoaError('INTERNAL', `Something went wrong in the server (request ${request.id}).`));
}

/** Answers in the form of the REST API: `{error: {code, message, hint}}`. */
export function sendFailure(reply: FastifyReply, { status, error }: Failure): FastifyReply {
  setRetryAfter(reply, error);
  return reply.status(status).send(failureBody(error));
}

export function failureBody({ code, message, hint }: StoaError) {
  return { error: { code, message, hint } };
}

export function setRetryAfter(reply: FastifyReply, error: StoaError): void {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
}

/** For routes that nobody serves. */
export function unknownRoute(request: FastifyRequest): Failure {
  const path = request.url.split('?', 1)[0] ?? '';
  return coded(
    new StoaError('NOT_FOUND', `There is no ${request.method} ${path.slice(0, 100)}.`, {
      hint: 'Check method and path; the REST API is described at /v1/openapi.json.',
    }),
  );
}

function coded(error: StoaError): Failure {
  return { status: error.status, error };
}

function invalid({ validation = [], validationContext = 'request' }: FrameworkError): string {
  const problem = validation[0];
  const field = (problem?.instancePath ?? '').slice(1).replaceAll('/', '.');
  const where = field === '' ? `The ${validationContext}` : `"${field}" in the ${validationContext}`;
  return `${where} ${problem?.message ?? 'is not valid'}.`;
}

function badRequest({ code, message }: FrameworkError): string {
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'The content type of the body is not accepted here; send application/json.';
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 'The body is empty, although its content type is application/json.';
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return 'The body is not valid JSON.';
    default:
      return message;
  }
}
