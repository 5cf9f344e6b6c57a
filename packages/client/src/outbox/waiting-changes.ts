import { StoaError } from '@stoa/protocol';
import { newConversation } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { MessageView, PendingChange } from '../messages/index.ts';
import type { LocalData, MessageRecord, Transaction } from '../store/index.ts';
import type { LocalMessage } from '../types.ts';
import type { ChangeSends } from './change-sends.ts';
import { checkChange } from './check-change.ts';
import { Promises } from './promises.ts';
import type { SendQueue } from './send-queue.ts';

export interface WaitingChangesOptions {
  readonly data: LocalData;
  readonly view: MessageView;
  readonly events: Events;
  readonly queue: SendQueue;
  readonly changes: ChangeSends;
  /** The id that a message has now. */
  readonly idOf: (message: LocalMessage) => number;
  /** Settles when the server has answered the message. */
  readonly sent: (id: number) => Promise<unknown>;
  /** The message was never sent, and is not to be. */
  readonly drop: (transaction: Transaction, id: number) => void;
}

/**
 * Changes of messages that wait in the outbox. One that was never sent is changed where it is. One that the server
 * may have is sent as it was, and the change follows when the server has answered.
 */
export class WaitingChanges {
  readonly #options: WaitingChangesOptions;
  /** By the id of the message. */
  readonly #done = new Promises<void>();

  constructor(options: WaitingChangesOptions) {
    this.#options = options;
  }

  /**
   * Changes a message that waited in the outbox when the caller saw it.
   *
   * @returns a promise that settles when the server has answered
   */
  async change(message: LocalMessage, change: PendingChange): Promise<void> {
    const { data, view, changes, idOf } = this.#options;
    // The store may only have been opened since, and then knows a higher id.
    await data.read(() => {});
    const id = idOf(message);
    const made = await this.make(id, change);
    if (made !== undefined) return made.done;
    // The server has answered meanwhile.
    const now = await data.read(async (store) => {
      const newest = await store.messages(message.conversation, { limit: newestLimit });
      const record = newest.find((one) => one.outgoing && one.id === id && one.event === undefined);
      const conversation = data.conversation(message.conversation);
      return record === undefined || conversation === undefined ? undefined : view.of(record, conversation);
    });
    if (now === undefined) throw new StoaError('NOT_FOUND', 'The message was deleted.');
    return changes.send(now, checkChange(now, change));
  }

  /**
   * @param id of the message
   * @param isFollowed whether the change may follow a message that the server may have
   * @returns undefined when the message does not wait any more, or must not be followed; `done` settles when the
   * server has answered
   */
  async make(
    id: number,
    change: PendingChange,
    isFollowed = true,
  ): Promise<{ done: Promise<void> } | undefined> {
    const { data, queue } = this.#options;
    try {
      return await data.transact((transaction) => {
        const record = queue.get(id);
        if (record === undefined) return undefined;
        if (queue.isTried(id) && !isFollowed) return undefined;
        if (queue.isTried(id)) return { done: this.#revise(transaction, record, change) };
        // Committing takes a while, and it must not go out as it was meanwhile.
        queue.hold(id);
        return { done: this.#replace(transaction, record, change) };
      });
    } finally {
      queue.release(id);
    }
  }

  /** The server has the message. */
  accepted(transaction: Transaction, { conversation, id, revision }: MessageRecord, seq: number): void {
    if (revision === undefined) return;
    const done = this.#options.changes.follow(transaction, conversation, seq, revision);
    transaction.afterwards(() => this.#done.settleWith(id, done));
  }

  /** The server does not take the message. What is left of it: nothing, when it had been recalled. */
  refused(
    transaction: Transaction,
    { revision, ...record }: MessageRecord,
    error: StoaError,
  ): MessageRecord | undefined {
    if (revision?.event === 'recall') {
      transaction.afterwards(() => this.#done.resolve(record.id));
      return undefined;
    }
    transaction.afterwards(() => this.#done.reject(record.id, error));
    return revision === undefined ? record : { ...record, content: revision.content };
  }

  /** The message never left this device. */
  #replace(transaction: Transaction, record: MessageRecord, change: PendingChange): Promise<void> {
    const { queue, sent, drop, events } = this.#options;
    const { conversation, order, id } = record;
    if (change.event === 'recall') {
      transaction.removeMessage(conversation, order);
      drop(transaction, id);
      transaction.afterwards(() => events.emit('removed', { conversation, orders: [order] }));
      return Promise.resolve();
    }
    const after = { ...record, content: change.content };
    this.#put(transaction, record, after, () => queue.release(id, after));
    return sent(id).then(() => {});
  }

  /** @throws StoaError NOT_FOUND for an edit of what was recalled: nothing takes a recall back */
  #revise(transaction: Transaction, record: MessageRecord, revision: PendingChange): Promise<void> {
    if (record.revision?.event === 'recall') {
      if (revision.event === 'recall') return this.#done.of(record.id);
      throw new StoaError('NOT_FOUND', 'The message was recalled.');
    }
    const after = { ...record, revision };
    this.#put(transaction, record, after, () => this.#options.queue.release(record.id, after));
    return this.#done.of(record.id);
  }

  #put(transaction: Transaction, before: MessageRecord, after: MessageRecord, act: () => void): void {
    const { view, events } = this.#options;
    transaction.putMessage(after);
    const conversation = transaction.conversation(after.conversation) ?? newConversation(after.conversation);
    transaction.afterwards(() => {
      act();
      events.emit('update', view.of(after, conversation), view.of(before, conversation));
    });
  }
}

/** A message that was answered a moment ago is among the newest. */
const newestLimit = 500;
