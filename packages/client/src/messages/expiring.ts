import type { Events } from '../events.ts';
import type { ConversationRecord, Transaction } from '../store/index.ts';
import type { Expiring, MessageView } from './message-view.ts';

export interface ExpiringOptions {
  readonly view: MessageView;
  readonly events: Events;
  /** The newest message of the conversation expired, which lists show with its status. */
  readonly onListed: (conversation: ConversationRecord) => void;
}

/** Tells of messages that have expired by now; those that were delivered meanwhile have not. */
export async function announceExpired(
  transaction: Transaction,
  messages: readonly Expiring[],
  { view, events, onListed }: ExpiringOptions,
): Promise<void> {
  for (const { conversation: id, order } of messages) {
    const message = await transaction.message(id, order);
    const conversation = transaction.conversation(id);
    if (message === undefined || conversation === undefined) continue;
    const local = view.of(message, conversation);
    if (local.status !== 'expired') continue;
    transaction.afterwards(() => events.emit('update', local, { ...local, status: 'sent' }));
    if (conversation.latest?.order === order) transaction.afterwards(() => onListed(conversation));
  }
}
