import type { RefusedFrame, ServerFrame } from '@stoa/protocol';
import { errorOf } from './connection/index.ts';
import type { Events } from './events.ts';
import type { HistoryRequests } from './history/index.ts';
import type { Reading, Receiver, SyncPosition } from './messages/index.ts';
import type { Outbox } from './outbox/index.ts';
import type { Presence } from './presence/index.ts';
import type { ProfileCache } from './profiles/index.ts';
import type { Requests } from './requests/index.ts';
import type { Transaction } from './store/index.ts';
import type { SharedValues } from './values/index.ts';

/** Those whom frames of the server concern. */
export interface FrameTakers {
  readonly receiver: Receiver;
  readonly outbox: Outbox;
  readonly position: SyncPosition;
  readonly profiles: ProfileCache;
  readonly presence: Presence;
  readonly pages: HistoryRequests;
  readonly values: SharedValues;
  readonly requests: Requests;
  readonly reading: Reading;
  readonly events: Events;
}

/** Brings what the server said to the part that it concerns. */
export function takeFrame(
  takers: FrameTakers,
  transaction: Transaction,
  frame: ServerFrame,
): void | Promise<void> {
  const { receiver, outbox } = takers;
  switch (frame.t) {
    case 'message':
      return receiver.message(transaction, frame);
    case 'sent':
      if (frame.seq > 0) return receiver.sent(transaction, frame);
      return outbox.acceptedWithoutPlace(transaction, frame);
    case 'scheduled':
      return outbox.scheduled(transaction, frame);
    case 'receipt':
      return receiver.receipt(transaction, frame);
    case 'receipts':
      return receiver.receipts(transaction, frame);
    case 'conversation':
      return receiver.conversation(transaction, frame);
    case 'synced':
      return takers.position.reached(frame.position);
    case 'group':
      return receiver.group(transaction, frame);
    case 'profile':
      return takers.profiles.received(transaction, frame);
    case 'presence':
      return transaction.afterwards(() => takers.presence.received(frame));
    case 'page':
      return transaction.afterwards(() => takers.pages.answered(frame));
    case 'state':
      return takers.values.received(transaction, frame.key, frame);
    case 'response':
      return takers.requests.answered(transaction, frame);
    case 'error':
      return refuse(takers, transaction, frame);
  }
}

async function refuse(takers: FrameTakers, transaction: Transaction, frame: RefusedFrame): Promise<void> {
  if (await takers.outbox.refused(transaction, frame)) return;
  if (takers.pages.refused(frame) || takers.requests.refused(frame)) return;
  if (frame.of === 'read' && errorOf(frame).retryable) takers.reading.refused();
  transaction.afterwards(() => takers.events.emit('problem', errorOf(frame)));
}
