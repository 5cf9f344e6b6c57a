import type { MessageFrame } from '@stoa/protocol';
import { continueAfter, lastPlace, newConversation } from '../conversations/index.ts';
import { type ConversationRecord, firstOutboxOrder, type Transaction } from '../store/index.ts';
import type { ConversationId } from '../types.ts';
import { clearedPlace } from '../values/index.ts';

/** A message that has its turn: a frame to be stored, or an own one that is stored already. */
export interface Arrived {
  readonly seq: number;
  readonly message: MessageFrame | 'stored';
}

/**
 * Puts the messages of each conversation in order: one with the next place has its turn at once, one before it came
 * twice, one beyond it waits for those that are missing.
 */
export class Sequence {
  readonly #early = new Map<ConversationId, Map<number, Arrived['message']>>();

  /** Whether nothing waits. */
  get complete(): boolean {
    return this.#early.size === 0;
  }

  /**
   * The conversation with the server's id of it. Another id than before means that it was made anew (the user was
   * removed and created again): what is here of the old one is dropped, but for the outbox.
   */
  adopt(transaction: Transaction, id: ConversationId, conv: number): ConversationRecord {
    const before = transaction.conversation(id);
    if (before?.conv === conv) return before;
    // Another device may have cleared it before this one knew of it.
    const clearedAt = clearedPlace(transaction, id, conv);
    const cleared = clearedAt === 0 ? {} : { clearedAt };
    if (before === undefined || before.conv === 0) {
      transaction.putConversation({ ...(before ?? newConversation(id)), conv, ...cleared });
    } else {
      this.#early.delete(id);
      transaction.removeMessages(id, 0, firstOutboxOrder);
      const latest = transaction.conversation(id)?.latest;
      transaction.putConversation({
        ...newConversation(id, conv),
        name: before.name,
        ...cleared,
        ...(latest === undefined ? {} : { latest }),
      });
    }
    return transaction.conversation(id) ?? newConversation(id, conv);
  }

  /** A message came. Returns those that have their turn now, in order: the places right after the last one. */
  arrive({ id, runs }: ConversationRecord, { seq, message }: Arrived): Arrived[] {
    const next = lastPlace(runs) + 1;
    if (seq < next) return [];
    if (firstOf(seq, message) <= next) {
      const early = this.#early.get(id);
      for (const place of early?.keys() ?? []) if (place <= seq) early?.delete(place);
      return [{ seq, message }, ...this.#takeFrom(id, seq + 1)];
    }
    const early = this.#early.get(id) ?? new Map<number, Arrived['message']>();
    this.#early.set(id, early);
    if (early.get(seq) !== 'stored') early.set(seq, message);
    return [];
  }

  /**
   * Everything up to `place` will not come any more: goes on after it. Returns what has its turn now.
   */
  skipTo(transaction: Transaction, record: ConversationRecord, place: number): Arrived[] {
    if (place <= lastPlace(record.runs)) return [];
    transaction.putConversation({ ...record, runs: continueAfter(record.runs, place) });
    const early = this.#early.get(record.id);
    for (const seq of early?.keys() ?? []) if (seq <= place) early?.delete(seq);
    return this.#takeFrom(record.id, place + 1);
  }

  /** Conversations with waiting messages; `own` when the first of them is one that this device sent. */
  gaps(): { readonly id: ConversationId; readonly own: boolean }[] {
    return [...this.#early].map(([id, early]) => ({
      id,
      own: early.get(Math.min(...early.keys())) === 'stored',
    }));
  }

  /** The first place that waits in the conversation. */
  firstEarly(id: ConversationId): number | undefined {
    const early = this.#early.get(id);
    return early === undefined ? undefined : Math.min(...early.keys());
  }

  /** The connection is gone: the server will send again what was not stored. */
  clear(): void {
    this.#early.clear();
  }

  #takeFrom(id: ConversationId, first: number): Arrived[] {
    const taken: Arrived[] = [];
    const early = this.#early.get(id);
    if (early === undefined) return taken;
    let next = first;
    for (const [seq, message] of [...early].sort(([a], [b]) => a - b)) {
      if (firstOf(seq, message) > next) break;
      early.delete(seq);
      if (seq < next) continue;
      taken.push({ seq, message });
      next = seq + 1;
    }
    if (early.size === 0) this.#early.delete(id);
    return taken;
  }
}

/** The first place that a message stands for. */
function firstOf(seq: number, message: Arrived['message']): number {
  return message === 'stored' ? seq : (message.first ?? seq);
}
