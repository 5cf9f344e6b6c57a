import { createHmac } from 'node:crypto';
import type { PushRegistration } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { askService } from './ask-service.ts';
import type { PushNote } from './note.ts';
import { type PushOutcome, type PushProvider, retryAfterSeconds } from './provider.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string;
  readonly clock: Clock;
}

/**
 * Hands notes to a server of the operator's, for devices whose provider this server does not know. The signature is that
 * of the time and the body, so that neither can be changed, nor an old request be repeated later.
 */
export class Webhook implements PushProvider {
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  async send(
    { provider, target, uid, dev }: PushRegistration,
    { data, seconds, urgency, topic }: PushNote,
    signal: AbortSignal,
  ): Promise<PushOutcome> {
    const { url, secret, clock } = this.#options;
    const body = JSON.stringify({
      device: { provider, token: target, uid, dev },
      note: { data, seconds, urgency, topic },
    });
    const time = Math.floor(clock.now() / 1_000);
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'stoa-signature': `t=${time},v1=${signature}` };
    const { status, retryAfter } = await askService(url, { headers, body, signal });
    if (status === 404 || status === 410) return { kind: 'gone' };
    const wait = retryAfterSeconds(retryAfter, clock.now());
    if (status === 429 || status >= 500)
      return { kind: 'busy', ...(wait === undefined ? {} : { seconds: wait, all: true }) };
    return status < 300 ? { kind: 'sent' } : { kind: 'refused', why: `status ${status}` };
  }
}
