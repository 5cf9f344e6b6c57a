import type { PushRegistration } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { alertOf } from './alert.ts';
import { apsOf } from './apns-payload.ts';
import { askService, type ServiceAnswer } from './ask-service.ts';
import { AccessToken, type ServiceAccount } from './fcm-token.ts';
import type { PushNote } from './note.ts';
import { loggable, type PushOutcome, type PushProvider, retryAfterSeconds } from './provider.ts';

export interface FcmOptions {
  readonly account: ServiceAccount;
  /** Of the service, without a path. */
  readonly url: string;
  readonly clock: Clock;
}

/**
 * Firebase Cloud Messaging, HTTP v1. On Android the application gets the note as data, under `stoa`, and shows it; for
 * iPhones there is an alert beside it.
 */
export class Fcm implements PushProvider {
  readonly #options: FcmOptions;
  readonly #token: AccessToken;

  constructor(options: FcmOptions) {
    this.#options = options;
    this.#token = new AccessToken(options.account, options.clock);
  }

  async send(registration: PushRegistration, note: PushNote, signal: AbortSignal): Promise<PushOutcome> {
    const { account, url, clock } = this.#options;
    let token: string;
    try {
      token = await this.#token.get();
    } catch (error) {
      // Nobody can be sent anything: neither tried again nor hidden.
      return { kind: 'refused', why: error instanceof Error ? error.message : 'no access token' };
    }
    const answer = await askService(`${url}/v1/projects/${account.projectId}/messages:send`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: fcmMessage(registration.target, note, clock.now()) }),
      signal,
    });
    if (answer.status === 401) this.#token.forget(token);
    return fcmOutcome(answer, clock.now());
  }
}

function fcmMessage(token: string, { data, seconds, urgency, topic }: PushNote, now: number): object {
  const isCall = data.type !== 'message';
  const alert = alertOf(data);
  return {
    token,
    data: { stoa: JSON.stringify(data) },
    android: { priority: urgency === 'high' ? 'HIGH' : 'NORMAL', ttl: `${seconds}s`, collapse_key: topic },
    apns: {
      headers: {
        'apns-priority': alert === undefined ? '5' : '10',
        'apns-push-type': alert === undefined ? 'background' : 'alert',
        'apns-expiration': String(Math.floor(now / 1_000) + seconds),
        ...(isCall && alert === undefined ? {} : { 'apns-collapse-id': topic }),
      },
      payload: { aps: apsOf(data) },
    },
  };
}

function fcmOutcome({ status, body, retryAfter }: ServiceAnswer, now: number): PushOutcome {
  if (status === 200) return { kind: 'sent' };
  const error = errorOf(body);
  const code = error.code ?? error.status;
  if (code === 'UNREGISTERED' || code === 'SENDER_ID_MISMATCH' || status === 404) return { kind: 'gone' };
  // What is wrong is the token, not the rest of what we send.
  if (code === 'INVALID_ARGUMENT' && error.fields.includes('message.token')) return { kind: 'gone' };
  const seconds = retryAfterSeconds(retryAfter, now);
  if (code === 'QUOTA_EXCEEDED' || status === 429) {
    return { kind: 'busy', seconds: seconds ?? quotaSeconds, all: true };
  }
  if (status >= 500 || (status === 401 && code !== 'THIRD_PARTY_AUTH_ERROR')) {
    return { kind: 'busy', ...(seconds === undefined ? {} : { seconds }) };
  }
  return { kind: 'refused', why: `status ${status}, ${loggable(code)}` };
}

interface Detail {
  readonly '@type'?: unknown;
  readonly errorCode?: unknown;
  readonly fieldViolations?: unknown;
}

/** What the answer of a Google API says is wrong. */
function errorOf(body: unknown): { code?: unknown; status?: unknown; fields: unknown[] } {
  const { error } = (body ?? {}) as { error?: { status?: unknown; details?: unknown } };
  const details = (Array.isArray(error?.details) ? error.details : []) as Detail[];
  const code = details.find((detail) => typeof detail?.errorCode === 'string')?.errorCode;
  const fields = details.flatMap((detail) =>
    Array.isArray(detail?.fieldViolations)
      ? detail.fieldViolations.map((violation: { field?: unknown } | null) => violation?.field)
      : [],
  );
  return { code, status: error?.status, fields };
}

/** What the documentation of the service asks for when an answer names no time. */
const quotaSeconds = 60;
