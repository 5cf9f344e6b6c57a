import type { NewWebhookEvent, WebhookNote } from '../store.ts';
import { receiptKinds } from './receipt-kinds.ts';
import type { SqlStatement } from './sql-statement.ts';

/** Values of `webhook_notes.kind`. */
export const noteKinds = { message: 0, ...receiptKinds } as const satisfies Record<
  WebhookNote['kind'],
  number
>;

/** Adds an event to a queue, as `WebhookStore.enqueue` does. */
export const enqueueStatement = ({ webhook, event, at, body }: NewWebhookEvent): SqlStatement => ({
  sql: `
    insert into webhook_events (webhook, event, at, body)
    select id, cast(? as text), cast(? as bigint), cast(? as text) from webhooks where id = ?
    on conflict (webhook, event) do nothing`,
  parameters: [event, at, body, webhook],
});
