import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { PushRegistration } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { type ApnsAnswer, ApnsConnection } from './apns-connection.ts';
import { apsOf } from './apns-payload.ts';
import type { PushData, PushNote } from './note.ts';
import { loggable, type PushOutcome, type PushProvider, retryAfterSeconds } from './provider.ts';
import { signToken } from './sign-token.ts';

export interface ApnsOptions {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly teamId: string;
  /** The application's bundle id. */
  readonly topic: string;
  readonly url: string;
  readonly clock: Clock;
}

/** @throws Error that says in one line, without the key, what is wrong with the file. */
export function readApnsKey(text: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Said below.
  }
  throw new Error('is no private key on P-256 in PEM, as Apple gives it (.p8)');
}

/** Apple's push service. Calls go to the VoIP token of a device that has one. */
export class Apns implements PushProvider {
  readonly #options: ApnsOptions;
  readonly #connection: ApnsConnection;
  #token: { readonly value: string; readonly madeAt: number } | undefined;

  constructor(options: ApnsOptions) {
    this.#options = options;
    this.#connection = new ApnsConnection(options.url);
  }

  async send(registration: PushRegistration, note: PushNote, stopped: AbortSignal): Promise<PushOutcome> {
    const { clock, topic } = this.#options;
    const place = placeOf(registration, note.data);
    if (place === undefined) return { kind: 'sent' };
    const { token, isVoip } = place;
    if (!/^[0-9a-fA-F]{16,200}$/.test(token)) return { kind: 'gone' };
    const isShown = note.data.type !== 'call-ended';
    const authorization = `bearer ${this.#signed()}`;
    const answer = await this.#connection.post(
      `/3/device/${token}`,
      {
        authorization,
        'apns-topic': isVoip ? `${topic}.voip` : topic,
        'apns-push-type': isVoip ? 'voip' : isShown ? 'alert' : 'background',
        'apns-priority': isVoip || isShown ? '10' : '5',
        'apns-expiration': String(Math.floor(clock.now() / 1_000) + note.seconds),
        ...(isVoip || !isShown ? {} : { 'apns-collapse-id': note.topic }),
      },
      JSON.stringify({ aps: isVoip ? {} : apsOf(note.data), stoa: note.data }),
      stopped,
    );
    return this.#outcome(answer, registration, authorization);
  }

  close(): void {
    this.#connection.close();
  }

  #outcome(
    { status, retryAfter, reason, timestamp }: ApnsAnswer,
    { createdAt }: PushRegistration,
    authorization: string,
  ): PushOutcome {
    if (status === 200) return { kind: 'sent' };
    // Of a device that has registered since, what it was told of its old installation says nothing.
    if (status === 410)
      return timestamp !== undefined && timestamp < createdAt ? { kind: 'sent' } : { kind: 'gone' };
    if (reason === 'BadDeviceToken' || reason === 'DeviceTokenNotForTopic') return { kind: 'gone' };
    const seconds = retryAfterSeconds(retryAfter, this.#options.clock.now());
    const wait = seconds === undefined ? {} : { seconds };
    if (reason === 'ExpiredProviderToken') {
      if (`bearer ${this.#token?.value}` === authorization) this.#token = undefined;
      return { kind: 'busy', ...wait };
    }
    if (reason === 'TooManyProviderTokenUpdates') return { kind: 'busy', ...wait, all: true };
    if (status === 429 || status >= 500) return { kind: 'busy', ...wait };
    return { kind: 'refused', why: `status ${status}, ${loggable(reason)}` };
  }

  /** Apple wants no token that is older than an hour, and no new one more often than every 20 minutes. */
  #signed(): string {
    const { key, keyId, teamId, clock } = this.#options;
    const now = clock.now();
    if (this.#token === undefined || now - this.#token.madeAt >= tokenMs) {
      const claims = { iss: teamId, iat: Math.floor(now / 1_000) };
      this.#token = { value: signToken(key, claims, { kid: keyId }), madeAt: now };
    }
    return this.#token.value;
  }
}

/**
 * Which of a device's tokens gets it. A VoIP push must make the phone ring, so it tells of calls alone; that a call is
 * over goes to the other token, where there is one.
 */
function placeOf(
  { provider, target, voip }: PushRegistration,
  { type }: PushData,
): { token: string; isVoip: boolean } | undefined {
  if (provider === apnsVoip) return type === 'message' ? undefined : { token: target, isVoip: true };
  return type === 'call' && voip !== null ? { token: voip, isVoip: true } : { token: target, isVoip: false };
}

/** The provider of devices that have a VoIP token alone. */
export const apnsVoip = 'apns-voip';
const tokenMs = 40 * 60_000;
