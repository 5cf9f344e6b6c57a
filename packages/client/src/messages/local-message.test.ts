import { expect, it } from 'vitest';
import type { MessageRecord } from '../store/index.ts';
import { localMessage, statusOf } from './local-message.ts';

const now = 1_000_000;
const own: MessageRecord = {
  conversation: 'u:bob',
  order: 5,
  seq: 5,
  mid: 50,
  id: 7,
  localId: 8,
  from: 'alice',
  outgoing: true,
  ts: now - 1_000,
  type: 0,
  flags: 3,
  content: { text: 'Hello' },
};
const { content: _, ...withoutContent } = own;
const cursors = (delivered: number, read: number, ownRead = 0) => ({
  peerCursor: { delivered, deliveredAt: now, read, readAt: now },
  read: ownRead,
});
const error = { code: 'INVALID_DESTINATION', message: '', hint: '' };

it.each<[string, MessageRecord, number, number, string]>([
  ['waiting', { ...own, seq: 0, pending: 7 }, 9, 9, 'outbox'],
  ['refused', { ...own, seq: 0, error }, 9, 9, 'failed'],
  ['stored by the server', own, 4, 4, 'sent'],
  ['received by the peer', own, 5, 4, 'delivered'],
  ['read by the peer', own, 5, 5, 'read'],
  ['received, not to be told', { ...own, flags: 0 }, 5, 5, 'sent'],
  ['read, only delivery to be told', { ...own, flags: 1 }, 5, 5, 'delivered'],
  ['read, only reading to be told', { ...own, flags: 2 }, 5, 5, 'read'],
  ['received, only reading to be told', { ...own, flags: 2 }, 5, 4, 'sent'],
  ['not received before it expired', { ...own, expiresAt: now }, 4, 4, 'expired'],
  ['not expired yet', { ...own, expiresAt: now + 1 }, 4, 4, 'sent'],
  ['received before it expired', { ...own, expiresAt: now - 500 }, 5, 4, 'delivered'],
  ['received too late', { ...own, expiresAt: now - 500, expired: true }, 5, 5, 'expired'],
  ['gone from the server', withoutContent, 5, 5, 'expired'],
  ['transient', { ...own, seq: 0 }, 9, 9, 'sent'],
])('an own message that is %s', (_description, message, delivered, read, status) => {
  expect(statusOf(message, cursors(delivered, read), now)).toBe(status);
});

it.each<[string, MessageRecord, number, string]>([
  ['beyond the read cursor', { ...own, outgoing: false }, 4, 'unread'],
  ['up to the read cursor', { ...own, outgoing: false }, 5, 'seen'],
  ['expired', { ...withoutContent, outgoing: false }, 9, 'expired'],
])('a message of another that is %s', (_description, message, read, status) => {
  expect(statusOf(message, cursors(0, 0, read), now)).toBe(status);
});

it('shows the application nothing of how it is stored', () => {
  const stored: MessageRecord = { ...own, pending: 7, expiry: 10, expired: true };
  expect(localMessage(stored, cursors(0, 0), now)).toEqual({ ...own, status: 'outbox' });
});
