import type { SentFrame } from '@stoa/protocol';
import type { Events } from '../events.ts';
import { outboxOrder, type Transaction } from '../store/index.ts';
import type { ConversationId } from '../types.ts';
import { isDeleted } from '../values/index.ts';
import { emptyPlace, fillPlace } from './places.ts';

/** The server's answer to a send. */
export type Accepted = Pick<SentFrame, 'id' | 'conv' | 'seq' | 'mid' | 'ts'>;

/** The outbox, as receiving sees it. */
export interface SentMessages {
  /** The conversation of an unanswered send. */
  conversationOf(id: number): ConversationId | undefined;
  /** Gives the message its place in the store. False when no send with this id is unanswered. */
  accepted(transaction: Transaction, answer: Accepted): Promise<boolean>;
}

export interface OwnMessagesOptions {
  readonly outbox: SentMessages;
  readonly events: Events;
  /** A message that was deleted here has its place. */
  readonly onWithdrawn: (
    transaction: Transaction,
    id: ConversationId,
    conv: number,
    seq: number,
  ) => Promise<void>;
}

/** Brings what this device has sent to the places that the server gave it. */
export class OwnMessages {
  readonly #options: OwnMessagesOptions;

  constructor(options: OwnMessagesOptions) {
    this.#options = options;
  }

  /** The conversation of a send whose answer has not come. */
  conversationOf(id: number): ConversationId | undefined {
    return this.#options.outbox.conversationOf(id);
  }

  /**
   * The answer to something that this device has sent. A message may have been deleted on another device meanwhile.
   *
   * @returns whether it was still waiting
   */
  async accept(transaction: Transaction, id: ConversationId, answer: Accepted): Promise<boolean> {
    const { outbox, events } = this.#options;
    const isWaiting = await outbox.accepted(transaction, answer);
    if (!isWaiting) await this.#endStandIn(transaction, id, answer);
    else if (isDeletedHere(transaction, id, answer.seq)) {
      transaction.removeMessage(id, answer.seq);
      transaction.afterwards(() => events.emit('removed', { conversation: id, orders: [answer.seq] }));
    }
    return isWaiting;
  }

  /** Something of this device has got the next place. */
  async place(transaction: Transaction, id: ConversationId, seq: number): Promise<void> {
    if ((await transaction.message(id, seq)) === undefined) emptyPlace(transaction, id, seq);
    else fillPlace(transaction, id, seq, false);
  }

  /** A message of this device has come to its place that was scheduled, or deleted here before it was answered. */
  async #endStandIn(transaction: Transaction, id: ConversationId, answer: Accepted): Promise<void> {
    const { events, onWithdrawn } = this.#options;
    const order = outboxOrder(answer.id);
    const standIn = await transaction.message(id, order);
    if (standIn?.scheduledAt === undefined && standIn?.withdrawn === undefined) return;
    transaction.removeMessage(id, order);
    if (standIn.withdrawn) await onWithdrawn(transaction, id, answer.conv, answer.seq);
    else transaction.afterwards(() => events.emit('scheduled'));
  }
}

/** Whether the user has deleted it, on this device or another one. */
export function isDeletedHere(transaction: Transaction, id: ConversationId, seq: number): boolean {
  const record = transaction.conversation(id);
  return record !== undefined && isDeleted(transaction, record, seq);
}
