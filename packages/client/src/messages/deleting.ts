import { lastPlace } from '../conversations/index.ts';
import type { MessageRecord, Transaction } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

/** The outbox, as deleting sees it. */
interface WaitingMessages {
  /** Ids of the messages that wait in a conversation. */
  waitingIn(conversation: ConversationId): readonly number[];
  /** Changes of messages that wait in a conversation. */
  changesIn(conversation: ConversationId): readonly MessageRecord[];
  /** The message will not be sent. */
  cancel(transaction: Transaction, id: number): void;
}

/** Deletes single messages from this device, by their order. */
export async function deleteMessages(
  transaction: Transaction,
  id: ConversationId,
  orders: readonly number[],
  outbox: WaitingMessages,
): Promise<void> {
  for (const order of orders) {
    const message = await transaction.message(id, order);
    const record = transaction.conversation(id);
    if (message === undefined || record === undefined) continue;
    if (message.pending !== undefined) outbox.cancel(transaction, message.pending);
    const isUnread = !message.outgoing && message.content !== undefined && message.seq > record.read;
    if (isUnread) transaction.putConversation({ ...record, skipped: record.skipped + 1 });
    transaction.removeMessage(id, order);
  }
}

/** Deletes all messages of a conversation from this device. It shows up again with the next message. */
export function clearConversation(
  transaction: Transaction,
  id: ConversationId,
  outbox: WaitingMessages,
): void {
  for (const pending of outbox.waitingIn(id)) outbox.cancel(transaction, pending);
  transaction.removeMessages(id, 0, Number.POSITIVE_INFINITY);
  // Who recalls a message and then clears the conversation wants both.
  for (const change of outbox.changesIn(id)) transaction.putMessage(change);
  const record = transaction.conversation(id);
  if (record === undefined) return;
  const last = lastPlace(record.runs);
  transaction.putConversation({ ...record, skipped: Math.max(0, last - record.read), clearedAt: last });
}
