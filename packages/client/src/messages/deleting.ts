import { lastPlace } from '../conversations/index.ts';
import { type MessageRecord, nextOrder, type Transaction } from '../store/index.ts';
import type { ConversationId } from '../types.ts';
import { needsReading, recounted } from './unread.ts';

/** The outbox, as deleting sees it. */
export interface WaitingMessages {
  /** Ids of the messages that wait in a conversation. */
  waitingIn(conversation: ConversationId): readonly number[];
  /** What waits for a conversation and is not shown in it: changes of messages, and scheduled ones. */
  hiddenIn(conversation: ConversationId): readonly MessageRecord[];
  /** The message was removed: it will not be sent. */
  cancel(transaction: Transaction, id: number): void;
}

/**
 * Removes a single message from this device.
 *
 * @returns whether it was here
 */
export async function removeMessage(
  transaction: Transaction,
  id: ConversationId,
  order: number,
  outbox: WaitingMessages,
): Promise<boolean> {
  const message = await transaction.message(id, order);
  const record = transaction.conversation(id);
  if (message === undefined || record === undefined) return false;
  if (needsReading(message) && message.seq > record.read) {
    transaction.putConversation({ ...record, skipped: record.skipped + 1 });
  }
  transaction.removeMessage(id, order);
  if (message.pending !== undefined) outbox.cancel(transaction, message.pending);
  return true;
}

/** Removes the messages up to a place from this device. What waits in the outbox and what comes later stays. */
export async function clearUpTo(transaction: Transaction, id: ConversationId, seq: number): Promise<void> {
  transaction.removeMessages(id, 0, nextOrder(seq));
  const record = transaction.conversation(id);
  if (record === undefined) return;
  transaction.putConversation(await recounted(transaction, { ...record, clearedAt: seq }));
}

/** Removes all messages of a conversation from this device. It is listed again with the next message. */
export async function clearConversation(
  transaction: Transaction,
  id: ConversationId,
  outbox: WaitingMessages,
): Promise<void> {
  transaction.removeMessages(id, 0, Number.POSITIVE_INFINITY);
  for (const pending of outbox.waitingIn(id)) outbox.cancel(transaction, pending);
  // Who recalls a message and then clears the conversation wants both.
  for (const hidden of outbox.hiddenIn(id)) transaction.putMessage(hidden);
  const record = transaction.conversation(id);
  if (record === undefined) return;
  transaction.putConversation(await recounted(transaction, { ...record, clearedAt: lastPlace(record.runs) }));
}
