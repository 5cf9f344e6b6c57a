import { StoaError } from '@stoa/protocol';
import { newConversation } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import { type LocalData, type MessageRecord, outboxOrder, type Transaction } from '../store/index.ts';
import type { SendIds } from './send-ids.ts';

/** A message or change that was handed in and is not in the store yet. */
interface Unsaved {
  readonly record: MessageRecord;
  /** Prepares what the application is told when it is stored. */
  readonly announce: Announce;
}

type Announce = (transaction: Transaction, record: MessageRecord) => void | Promise<void>;

export interface UnsavedSendsOptions {
  readonly data: LocalData;
  readonly events: Events;
  readonly ids: SendIds;
  /** The last chance to complete what was handed in, with what the store knows. */
  readonly complete: (transaction: Transaction, record: MessageRecord) => MessageRecord;
  /** They are in the store and were announced: they may be sent. In order. */
  readonly onSaved: (records: readonly MessageRecord[]) => void;
  /** The store does not take it: it will not be sent. */
  readonly onFailed: (id: number, error: StoaError) => void;
  /** A send has got another id. */
  readonly onNewId: (from: number, to: number) => void;
}

/** Brings what was handed in to the store, all of one turn together, before anything is sent. */
export class UnsavedSends {
  readonly #options: UnsavedSendsOptions;
  #unsaved: Unsaved[] = [];

  constructor(options: UnsavedSendsOptions) {
    this.#options = options;
  }

  add(record: MessageRecord, announce: Announce): void {
    this.#unsaved.push({ record, announce });
    if (this.#unsaved.length === 1) this.#save();
  }

  /**
   * The store is open and knows the last id that this device has used. Ids that are not above it were made while the
   * clock was behind: then all are replaced, so that they stay in order.
   */
  opened(lastSendId: number): void {
    this.#unsaved = this.#above(lastSendId, this.#unsaved);
  }

  #above(lastSendId: number, sends: Unsaved[]): Unsaved[] {
    const first = sends[0];
    if (first === undefined || first.record.id > lastSendId) return sends;
    const { ids, onNewId } = this.#options;
    return sends.map((unsaved) => {
      const { record } = unsaved;
      const id = ids.next();
      onNewId(record.id, id);
      return { ...unsaved, record: { ...record, id, pending: id, order: outboxOrder(id) } };
    });
  }

  #save(): void {
    const { data, onSaved } = this.#options;
    let batch: Unsaved[] | undefined;
    data
      .transact(async (transaction) => {
        // A change that follows its message may have got an id, and its place in the outbox, meanwhile.
        const sends = this.#above(transaction.device.lastSendId, this.#take());
        batch = sends;
        const records: MessageRecord[] = [];
        for (const unsaved of sends) records.push(await this.#put(transaction, unsaved));
        const lastSendId = Math.max(transaction.device.lastSendId, sends.at(-1)?.record.id ?? 0);
        transaction.putDevice({ ...transaction.device, lastSendId });
        transaction.afterwards(() => onSaved(records));
      })
      .catch((error: unknown) => this.#notSaved(batch ?? this.#take(), error));
  }

  #take(): Unsaved[] {
    const unsaved = this.#unsaved;
    this.#unsaved = [];
    return unsaved;
  }

  async #put(transaction: Transaction, unsaved: Unsaved): Promise<MessageRecord> {
    const record = this.#options.complete(transaction, unsaved.record);
    const { conversation } = record;
    transaction.putConversation(transaction.conversation(conversation) ?? newConversation(conversation));
    transaction.putMessage(record);
    await unsaved.announce(transaction, record);
    return record;
  }

  #notSaved(batch: readonly Unsaved[], cause: unknown): void {
    const { events, onFailed } = this.#options;
    const error = new StoaError('UNAVAILABLE', 'The message could not be stored on this device.', {
      cause,
    });
    for (const { record } of batch) onFailed(record.id, error);
    events.emit('problem', error);
  }
}
