import { conversationId, lastPlace } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { LocalData, Transaction } from '../store/index.ts';
import type { ConversationId, Target } from '../types.ts';
import { clearedIn, deletedKey, isDeleted, keyOf, meaningOf, type SharedValues } from '../values/index.ts';
import { clearConversation, clearUpTo, removeMessage, type WaitingMessages } from './deleting.ts';

export interface DeletionsOptions {
  readonly data: LocalData;
  readonly values: SharedValues;
  readonly outbox: WaitingMessages;
  readonly events: Events;
}

/** What the user deletes for himself: gone from this device at once, and from his others as soon as they learn of it. */
export class Deletions {
  readonly #options: DeletionsOptions;

  constructor(options: DeletionsOptions) {
    this.#options = options;
  }

  /** Deletes messages by their order. */
  delete(target: Target, orders: readonly number[]): Promise<void> {
    const { data, values, outbox } = this.#options;
    const id = conversationId(target);
    return data.transact(async (transaction) => {
      for (const order of orders) {
        const seq = (await transaction.message(id, order))?.seq ?? 0;
        const conv = transaction.conversation(id)?.conv ?? 0;
        await removeMessage(transaction, id, order, outbox);
        if (seq > 0 && conv > 0) await values.set(transaction, deletedKey(id, seq), { conv });
      }
      this.#tell(transaction, id, { orders });
    });
  }

  /** A message that had been deleted here before it was answered has its place. */
  withdrawn(transaction: Transaction, id: ConversationId, conv: number, seq: number): Promise<void> {
    return this.#options.values.set(transaction, deletedKey(id, seq), { conv });
  }

  /** Deletes all messages of a conversation, or those up to a place. */
  clear(target: Target, upTo?: number): Promise<void> {
    const { data, values, outbox } = this.#options;
    const id = conversationId(target);
    return data.transact(async (transaction) => {
      const record = transaction.conversation(id);
      if (record === undefined) return;
      const last = lastPlace(record.runs);
      const seq = Math.min(upTo ?? last, last);
      if (upTo === undefined) await clearConversation(transaction, id, outbox);
      else if (seq > (record.clearedAt ?? 0)) await clearUpTo(transaction, id, seq);
      this.#tell(transaction, id, { upTo: upTo === undefined ? Number.POSITIVE_INFINITY : seq });
      if (seq === 0 || record.conv === 0) return;
      await values.set(transaction, keyOf('cleared', id), { conv: record.conv, seq });
      await this.#forgetSingle(transaction, id, seq);
    });
  }

  /** A shared value is another one: carries out what another device has deleted. */
  async changed(transaction: Transaction, key: string, value: unknown): Promise<void> {
    const meaning = meaningOf(key);
    if (meaning?.kind === 'cleared') {
      const cleared = clearedIn(value);
      const record = transaction.conversation(meaning.id);
      if (cleared === undefined || record?.conv !== cleared.conv) return;
      if (cleared.seq <= (record.clearedAt ?? 0)) return;
      await clearUpTo(transaction, meaning.id, cleared.seq);
      this.#tell(transaction, meaning.id, { upTo: cleared.seq });
    } else if (meaning?.kind === 'deleted' && value !== undefined) {
      const { id, seq } = meaning;
      const record = transaction.conversation(id);
      if (record === undefined || !isDeleted(transaction, record, seq)) return;
      const isHere = await removeMessage(transaction, id, seq, this.#options.outbox);
      if (isHere) this.#tell(transaction, id, { orders: [seq] });
    }
  }

  /** Single deletions that the clearing of a conversation includes. */
  async #forgetSingle(transaction: Transaction, id: ConversationId, upTo: number): Promise<void> {
    const { data, values } = this.#options;
    for (const { key, value } of [...data.values()]) {
      const meaning = meaningOf(key);
      const isIncluded = meaning?.kind === 'deleted' && meaning.id === id && meaning.seq <= upTo;
      if (isIncluded && value !== undefined) await values.set(transaction, key, undefined);
    }
  }

  #tell(
    transaction: Transaction,
    conversation: ConversationId,
    removed: { readonly orders: readonly number[] } | { readonly upTo: number },
  ): void {
    transaction.afterwards(() => this.#options.events.emit('removed', { conversation, ...removed }));
  }
}
