import { messageFlags } from '@stoa/protocol';
import type { ConversationRecord, MessageRecord } from '../store/index.ts';
import type { LocalMessage, MessageStatus } from '../types.ts';

/** The part of a conversation that decides on the status of its messages. */
export type StatusCursors = Pick<ConversationRecord, 'peerCursor' | 'read'>;

/**
 * Status of a stored message. Receipts are cursors of the conversation, so one receipt changes any number of
 * messages without a write.
 *
 * @param now the server's time
 */
export function statusOf(message: MessageRecord, cursors: StatusCursors, now: number): MessageStatus {
  if (!message.outgoing) {
    if (message.content === undefined) return 'expired';
    return message.seq > 0 && message.seq <= cursors.read ? 'seen' : 'unread';
  }
  if (message.error !== undefined) return 'failed';
  if (message.pending !== undefined) return 'outbox';
  if (message.expired || message.content === undefined) return 'expired';
  const { delivered, read } = cursors.peerCursor;
  if (message.seq > 0 && message.seq <= delivered) {
    if (message.seq <= read && message.flags & messageFlags.readReceipt) return 'read';
    return message.flags & messageFlags.deliveryReceipt ? 'delivered' : 'sent';
  }
  return message.expiresAt !== undefined && message.expiresAt <= now ? 'expired' : 'sent';
}

/** What the application sees of a stored message. */
export function localMessage(message: MessageRecord, cursors: StatusCursors, now: number): LocalMessage {
  const { pending, expiry, expired, ...visible } = message;
  return { ...visible, status: statusOf(message, cursors, now) };
}
