import { messageFlags } from '@stoa/protocol';
import type { ConversationRecord, MarkDelta, MessageRecord } from '../store/index.ts';
import type { LocalMessage, MessageStatus } from '../types.ts';
import { isMarkEvent, marked, marksIn, withoutMarks } from './marks.ts';
import { hasReached } from './peer-progress.ts';
import type { PendingChange } from './pending-changes.ts';

/** The part of a conversation that decides on the status of its messages. */
export type StatusCursors = Pick<ConversationRecord, 'peerCursor' | 'peerGaps' | 'read'>;

/**
 * Status of a stored message. Receipts are cursors of the conversation, so one receipt changes any number of
 * messages without a write.
 *
 * @param now the server's time
 */
export function statusOf(message: MessageRecord, cursors: StatusCursors, now: number): MessageStatus {
  if (!message.outgoing) {
    if (isExpired(message)) return 'expired';
    return message.seq > 0 && message.seq <= cursors.read ? 'seen' : 'unread';
  }
  if (message.error !== undefined) return message.error.code === 'BLOCKED' ? 'blocked' : 'failed';
  if (message.pending !== undefined) return 'outbox';
  if (message.scheduledAt !== undefined) return 'scheduled';
  if (message.expired || isExpired(message)) return 'expired';
  if (hasReached('delivered', message.seq, cursors)) {
    if (hasReached('read', message.seq, cursors) && message.flags & messageFlags.readReceipt) return 'read';
    return message.flags & messageFlags.deliveryReceipt ? 'delivered' : 'sent';
  }
  return message.expiresAt !== undefined && message.expiresAt <= now ? 'expired' : 'sent';
}

/**
 * What the application sees of a stored message. `pending`: the change of it that waits in the outbox; `pendingMarks`:
 * what the user has put on it that does.
 */
export function localMessage(
  message: MessageRecord,
  cursors: StatusCursors,
  now: number,
  pending?: PendingChange,
  pendingMarks: readonly Omit<MarkDelta, 'seq'>[] = [],
): LocalMessage {
  const {
    pending: _,
    key,
    expiry,
    expired,
    editedSeq,
    event,
    target,
    revision,
    marks,
    ...unmarked
  } = message;
  const visible = { ...unmarked, ...marked(marks?.shown ?? {}, pendingMarks) };
  const status = statusOf(message, cursors, now);
  const change = message.gone === undefined ? (pending ?? revision) : undefined;
  if (change === undefined) return { ...visible, status };
  return withChange({ ...visible, status }, change);
}

/** A message as it is shown while a change of it is on its way. `user`: who makes it. */
export function withChange(
  message: LocalMessage,
  { event, content }: PendingChange,
  user = '',
): LocalMessage {
  if (isMarkEvent(event)) {
    const own = { event, content, user, ts: message.ts };
    return { ...withoutMarks(message), ...marked(marksIn(message), [own]) };
  }
  if (event === 'edit') return { ...message, content, changing: event };
  const { content: _, ...bare } = withoutMarks(message);
  return { ...bare, gone: 'recalled', changing: event };
}

/** It had expired before it came here. */
function isExpired({ content, gone = 'expired' }: MessageRecord): boolean {
  return content === undefined && gone === 'expired';
}
