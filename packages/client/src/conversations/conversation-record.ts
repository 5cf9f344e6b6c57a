import type { ConversationRecord } from '../store/index.ts';
import type { ConversationId } from '../types.ts';
import { lastPlace } from './runs.ts';

/** A conversation of which nothing is known yet. */
export function newConversation(id: ConversationId, conv = 0): ConversationRecord {
  return {
    id,
    conv,
    name: '',
    runs: [],
    read: 0,
    readWithReceipt: 0,
    skipped: 0,
    peerCursor: { delivered: 0, deliveredAt: 0, read: 0, readAt: 0 },
  };
}

/** Messages that wait to be read, those that were not fetched yet included. */
export function unreadOf(record: ConversationRecord): number {
  return Math.max(0, lastPlace(record.runs) - doneUpTo(record) - record.skipped);
}

/** How many of them mention the user. */
export function unreadMentionsOf(record: ConversationRecord): number {
  const done = doneUpTo(record);
  return (record.mentioned ?? []).filter((place) => place > done).length;
}

/** Up to here nobody needs to read anything: it was read, or deleted by the user. */
export function doneUpTo({ read, clearedAt = 0 }: ConversationRecord): number {
  return Math.max(read, clearedAt);
}

/**
 * Whether there is something to show: a group in which the user is, and messages; false after all of them were deleted
 * on this device.
 */
export function isListed({ id, conv, left, latest, runs, clearedAt }: ConversationRecord): boolean {
  const isMember = id.startsWith('g:') && conv > 0 && left !== true;
  return isMember || latest !== undefined || lastPlace(runs) > (clearedAt ?? 0);
}

/** Whether an application sees a difference. */
export function looksDifferent(a: ConversationRecord, b: ConversationRecord): boolean {
  return (
    a.name !== b.name ||
    (a.left ?? false) !== (b.left ?? false) ||
    a.latest !== b.latest ||
    a.read !== b.read ||
    a.peerCursor !== b.peerCursor ||
    a.peerGaps !== b.peerGaps ||
    unreadOf(a) !== unreadOf(b) ||
    unreadMentionsOf(a) !== unreadMentionsOf(b)
  );
}
