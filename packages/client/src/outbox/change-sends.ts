import type { StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { Accepted, Changes, PendingChange, PendingChanges } from '../messages/index.ts';
import type { MessageRecord, Transaction } from '../store/index.ts';
import type { ConversationId, LocalMessage, Self } from '../types.ts';
import { recordOfChange } from './draft-record.ts';
import { Promises } from './promises.ts';
import type { SendIds } from './send-ids.ts';
import type { SendQueue } from './send-queue.ts';
import type { UnsavedSends } from './unsaved-sends.ts';

export interface ChangeSendsOptions {
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: SendIds;
  readonly queue: SendQueue;
  readonly unsaved: UnsavedSends;
  readonly changes: Changes;
  readonly pending: PendingChanges;
  readonly self: () => Self | undefined;
}

/**
 * Edits and recalls of messages that the server has. They take their turn in the outbox like messages; what they
 * change is shown at once, and as before when the server refuses them.
 */
export class ChangeSends {
  readonly #options: ChangeSendsOptions;
  /** Resolved when the server has stored the change. */
  readonly #done = new Promises<void>();

  constructor(options: ChangeSendsOptions) {
    this.#options = options;
  }

  /**
   * @param message an own one that has its place
   * @returns a promise that settles when the server has answered
   */
  send({ conversation, seq }: LocalMessage, change: PendingChange): Promise<void> {
    const { unsaved, changes, pending } = this.#options;
    const record = this.#recordOf(conversation, seq, change);
    const done = this.#done.of(record.id);
    unsaved.add(record, (transaction, saved) =>
      changes.repaint(transaction, conversation, seq, () => pending.add(saved)),
    );
    return done;
  }

  /** Waits in the outbox since an earlier start. */
  opened(record: MessageRecord): void {
    this.#options.pending.add(record);
  }

  /** It was not stored. */
  failed(id: number, error: StoaError): void {
    this.#done.reject(id, error);
  }

  renamed(from: number, to: number): void {
    this.#done.settleWith(from, this.#done.of(to));
  }

  /**
   * Sends a change of a message that was made while the server had it and had not answered.
   *
   * @param seq the place that it has got
   */
  follow(
    transaction: Transaction,
    conversation: ConversationId,
    seq: number,
    change: PendingChange,
  ): Promise<void> {
    const { queue, pending } = this.#options;
    const record = this.#recordOf(conversation, seq, change);
    transaction.putMessage(record);
    transaction.putDevice({ ...transaction.device, lastSendId: record.id });
    transaction.afterwards(() => {
      pending.add(record);
      queue.add(record, false);
    });
    return this.#done.of(record.id);
  }

  /** The change has its place in the log. */
  async accepted(transaction: Transaction, record: MessageRecord, { seq, ts }: Accepted): Promise<void> {
    const { changes, pending, queue, self } = this.#options;
    const { conversation, order, id, event, target, content = {} } = record;
    if (event === undefined || target === undefined) return;
    transaction.removeMessage(conversation, order);
    const from = self()?.address ?? record.from;
    await changes.apply(transaction, conversation, { event, target, content, from, seq, ts }, () => {
      queue.accepted(id);
      pending.remove(record);
    });
    transaction.afterwards(() => this.#done.resolve(id));
  }

  /** The server refused it: the message is shown as before. */
  async refused(transaction: Transaction, record: MessageRecord, error: StoaError): Promise<void> {
    const { changes, pending, queue, events } = this.#options;
    const { conversation, order, id, target = 0 } = record;
    transaction.removeMessage(conversation, order);
    await changes.repaint(transaction, conversation, target, () => {
      queue.remove(id);
      pending.remove(record);
    });
    transaction.afterwards(() => {
      // Who made it may have gone with an earlier start.
      if (!this.#done.reject(id, error)) events.emit('problem', error);
    });
  }

  #recordOf(conversation: ConversationId, target: number, { event, content }: PendingChange): MessageRecord {
    const { ids, clock, self } = this.#options;
    return recordOfChange(
      conversation,
      { event, target, content },
      { id: ids.next(), from: self()?.address ?? '', now: clock.now() },
    );
  }
}
