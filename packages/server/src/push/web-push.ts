import type { PushRegistration } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { type PostAnswer, post } from '../outgoing-post.ts';
import { encryptForReceiver } from './encrypt.ts';
import { checkEndpoint } from './endpoint.ts';
import type { PushNote } from './note.ts';
import { vapidHeader } from './vapid-header.ts';
import type { VapidKeys } from './vapid-keys.ts';

export interface WebPushOptions {
  readonly keys: VapidKeys;
  readonly contact: string;
  readonly clock: Clock;
  readonly privateAddresses: boolean;
}

/** Gives one note to the push service of one device (RFC 8030). Rejects when it does not answer. */
export async function sendWebPush(
  { target, keys: receiver }: PushRegistration,
  { data, seconds, urgency, topic }: PushNote,
  { keys, contact, clock, privateAddresses }: WebPushOptions,
  stopped: AbortSignal,
): Promise<PostAnswer> {
  // Only subscriptions come here, and they have keys.
  if (receiver === null) throw new Error('A subscription without keys cannot be sent to.');
  const url = checkEndpoint(target, privateAddresses);
  return post(url, {
    headers: {
      authorization: vapidHeader(keys, { origin: url.origin, contact, now: clock.now() }),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(seconds),
      urgency,
      topic,
    },
    body: encryptForReceiver(Buffer.from(JSON.stringify(data)), receiver),
    signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
    privateAddresses,
  });
}

const timeoutMs = 10_000;
