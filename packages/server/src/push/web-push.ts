import type { PushRegistration } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { post } from '../outgoing-post.ts';
import type { ActionTicket } from './action-tickets.ts';
import { encryptForReceiver } from './encrypt.ts';
import { checkEndpoint } from './endpoint.ts';
import type { PushNote } from './note.ts';
import { type PushOutcome, type PushProvider, timeoutMs } from './provider.ts';
import { vapidHeader } from './vapid-header.ts';
import type { VapidKeys } from './vapid-keys.ts';

export interface WebPushOptions {
  readonly keys: VapidKeys;
  readonly contact: string;
  readonly clock: Clock;
  readonly privateAddresses: boolean;
  /** With which the buttons of a notification about a message work; other providers would read it. */
  readonly ticketFor: (ticket: ActionTicket) => string;
}

/** The push services of browsers (RFC 8030), each named by the one who registered. */
export class WebPush implements PushProvider {
  readonly #options: WebPushOptions;

  constructor(options: WebPushOptions) {
    this.#options = options;
  }

  async send(
    { target, keys: receiver, uid, dev }: PushRegistration,
    { data, seconds, urgency, topic }: PushNote,
    stopped: AbortSignal,
  ): Promise<PushOutcome> {
    const { keys, contact, clock, privateAddresses, ticketFor } = this.#options;
    // Only subscriptions come here, and they have keys.
    if (receiver === null) return { kind: 'gone' };
    const url = checkEndpoint(target, privateAddresses);
    const about = data.type === 'message' ? data.about : undefined;
    const sent =
      about === undefined
        ? data
        : { ...data, ticket: ticketFor({ uid, dev, conv: about.conv, seq: about.seq }) };
    const { status, retryAfter } = await post(url, {
      headers: {
        authorization: vapidHeader(keys, { origin: url.origin, contact, now: clock.now() }),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: String(seconds),
        urgency,
        topic,
      },
      body: encryptForReceiver(Buffer.from(JSON.stringify(sent)), receiver),
      signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
      privateAddresses,
    });
    if (status === 404 || status === 410) return { kind: 'gone' };
    if (status === 429 || status >= 500)
      return { kind: 'busy', ...(retryAfter === undefined ? {} : { seconds: retryAfter }) };
    // No address and no answer in the log: both come from strangers.
    return status < 300 ? { kind: 'sent' } : { kind: 'refused', why: `status ${status}` };
  }
}
