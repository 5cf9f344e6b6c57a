import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { App } from '@stoa/storage';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { HttpOptions } from '../http-options.ts';
import type { IdempotentCalls } from './idempotency.ts';

/** A scope of the REST API, whose handlers know the types of their schemas. */
export type V1Scope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the routes of the REST API need. */
export interface V1Services
  extends Pick<
    HttpOptions,
    | 'apps'
    | 'users'
    | 'profiles'
    | 'devices'
    | 'otps'
    | 'send'
    | 'blocking'
    | 'erasures'
    | 'userExport'
    | 'schedule'
    | 'changeMessage'
    | 'markMessage'
    | 'reading'
    | 'groups'
    | 'settings'
    | 'webhooks'
    | 'recordings'
    | 'access'
    | 'media'
  > {
  readonly idempotent: IdempotentCalls;
}

const callerKey = 'stoaCaller';

export function declareCaller(app: FastifyInstance): void {
  app.decorateRequest(callerKey, null);
}

interface Decorated {
  getDecorator<T>(name: string): T;
  setDecorator<T>(name: string, value: T): void;
}

/** Remembers the app whose token came with the request. */
export function setCaller(request: Decorated, app: App): void {
  request.setDecorator(callerKey, app);
}

/** The app whose token came with the request. */
export function callerOf(request: Decorated): App {
  return request.getDecorator<App>(callerKey);
}
