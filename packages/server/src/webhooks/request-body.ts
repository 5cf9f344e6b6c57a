import type { Webhook, WebhookEvent } from '@stoa/storage';

/** Events as they stand in a queue, in the form of webhooks/events.ts. */
interface EventBody {
  readonly type: string;
  readonly status?: string;
  readonly user?: { readonly uid: number; readonly address: string };
  readonly users?: readonly { readonly uid: number; readonly address: string }[];
  readonly message?: { readonly from: string; readonly to?: string };
}

export interface RequestBody {
  readonly contentType: string;
  readonly text: string;
  /** How many of the events are in it, from the first one on. */
  readonly count: number;
}

/**
 * Writes the first of the events into the body of one request, in the form that the webhook wants.
 *
 * @param events At least one.
 */
export function requestBody(webhook: Webhook, events: readonly WebhookEvent[], now: number): RequestBody {
  if (webhook.form === 'form') return formBody(webhook, events);
  const { id: webhookId, aid, secret } = webhook;
  const bodies: string[] = [];
  let length = 0;
  for (const { body } of events) {
    length += body.length;
    if (bodies.length > 0 && length > mostCharacters) break;
    bodies.push(body);
  }
  const head = {
    // What applications made for mesibo look for.
    server: 'mesibo',
    id: `${webhookId}-${events[0]?.id ?? 0}`,
    v: webhook.form === 'v1' ? 1 : 2,
    aid,
    ts: now,
    ...(webhook.form === 'v1' ? { secret } : {}),
  };
  // What waits is JSON already.
  const text = `${JSON.stringify(head).slice(0, -1)},"events":[${bodies.join(',')}]}`;
  return { contentType: 'application/json', text, count: bodies.length };
}

function formBody({ aid, secret }: Webhook, events: readonly WebhookEvent[]): RequestBody {
  const { type, status, user, users, message } = JSON.parse(events[0]?.body ?? '{}') as EventBody;
  const who = user ?? users?.[0];
  const form = new URLSearchParams({
    secret,
    uid: String(who?.uid ?? 0),
    aid: String(aid),
    from: message?.from ?? who?.address ?? '',
    to: message?.to ?? (message === undefined ? '' : (who?.address ?? '')),
    e: String(eventBit(type, status)),
  });
  return { contentType: 'application/x-www-form-urlencoded', text: form.toString(), count: 1 };
}

function eventBit(type: string, status: string | undefined): number {
  if (type === 'user') return status === 'online' ? formBits.online : formBits.offline;
  return type === 'message' ? formBits.message : 0;
}

/** What the older form, and the setting `notify` of an app, know of events. */
export const formBits = { online: 0x10, offline: 0x20, message: 0x100 } as const;

/** Of the events in one request, but for a single larger one. */
const mostCharacters = 256 * 1024;
