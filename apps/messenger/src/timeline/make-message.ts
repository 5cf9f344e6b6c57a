import type { LocalMessage } from '@stoa/client';

/** A message of bob's for tests, with what matters in them. */
export function makeMessage(fields: Partial<LocalMessage>): LocalMessage {
  const order = fields.order ?? 1;
  return {
    conversation: 'u:bob',
    order,
    seq: order,
    mid: 1000 + order,
    id: 0,
    localId: 0,
    from: 'bob',
    outgoing: false,
    ts: 0,
    type: 0,
    flags: 3,
    content: { text: `message ${order}` },
    status: 'seen',
    ...fields,
  };
}
