import { StoaError } from '@stoa/protocol';
import type { ConversationId } from '../types.ts';
import type { LocalStore, StoreSnapshot } from './local-store.ts';
import type { ConversationRecord, DeviceRecord, ValueRecord } from './records.ts';
import { withCodedErrors } from './store-errors.ts';
import { type Committed, Transaction } from './transaction.ts';

export interface LocalDataOptions {
  readonly store: LocalStore;
  /** Makes the record of a new device. */
  readonly newDevice: () => DeviceRecord;
  /** Called when the store has been opened, before any transaction. */
  readonly onOpened: (snapshot: StoreSnapshot & { readonly device: DeviceRecord }) => void;
  /** Called after a commit for each conversation that it changed, when the events of its transaction are out. */
  readonly onConversation: (record: ConversationRecord, before: ConversationRecord | undefined) => void;
  /** Called after a commit with messages that disappear, with the time of the first. */
  readonly onDisappearing: (at: number) => void;
  /** Another client took the store over. */
  readonly onLost: (error: StoaError) => void;
}

/**
 * What this device knows: device and conversations in memory, messages in the store. Transactions run one after the
 * other; memory changes only when the store has committed, so a failure of the store leaves both as they were.
 */
export class LocalData {
  readonly #options: LocalDataOptions;
  readonly #store: LocalStore;
  #conversations = new Map<ConversationId, ConversationRecord>();
  #ids = new Map<number, ConversationId>();
  #values = new Map<string, ValueRecord>();
  #device: DeviceRecord | undefined;
  #opened: Promise<void> | undefined;
  /** Set when another client took the store over: only open() takes it back. */
  #lost: StoaError | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LocalDataOptions) {
    this.#options = options;
    this.#store = withCodedErrors(options.store);
  }

  /** Undefined before the store is open. */
  get device(): DeviceRecord | undefined {
    return this.#device;
  }

  conversation(id: ConversationId): ConversationRecord | undefined {
    return this.#conversations.get(id);
  }

  conversations(): IterableIterator<ConversationRecord> {
    return this.#conversations.values();
  }

  value(key: string): ValueRecord | undefined {
    return this.#values.get(key);
  }

  values(): IterableIterator<ValueRecord> {
    return this.#values.values();
  }

  /** Opens the store unless it is open. Everything else does that by itself, but for a store that was lost. */
  open(): Promise<void> {
    this.#lost = undefined;
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  /** Waits for the transactions under way and releases the store. It opens again when it is needed. */
  async close(): Promise<void> {
    if (this.#opened === undefined) return;
    await this.#opened.catch(() => {});
    await this.#enqueue(async () => {
      this.#opened = undefined;
      await this.#store.close();
    });
  }

  /**
   * Runs `work` alone, then commits what it changed. Rejects with what `work` or the store threw; then nothing
   * has changed.
   */
  transact<T>(work: (transaction: Transaction) => T | Promise<T>): Promise<T> {
    return this.#enqueue(async () => {
      const committed = await this.#ready();
      const transaction = new Transaction(this.#store, committed);
      const result = await work(transaction);
      await this.#commit(transaction);
      return result;
    });
  }

  /** Runs `read` when everything asked for before is committed. */
  read<T>(read: (store: LocalStore) => T | Promise<T>): Promise<T> {
    return this.#enqueue(async () => {
      await this.#ready();
      return read(this.#store);
    });
  }

  async #commit(transaction: Transaction): Promise<void> {
    const { changes, afterwards } = await transaction.finish();
    if (changes.length > 0) await this.#store.apply(changes);
    if (transaction.emptied) {
      this.#conversations.clear();
      this.#ids.clear();
      this.#values.clear();
    }
    for (const [key, record] of transaction.changedValues) {
      if (record === undefined) this.#values.delete(key);
      else this.#values.set(key, record);
    }
    this.#device = transaction.device;
    const changed = [...transaction.changedConversations.values()].map((record) => ({
      record,
      before: this.#conversations.get(record.id),
    }));
    for (const { record } of changed) this.#remember(record);
    if (transaction.disappearsFirst < Number.POSITIVE_INFINITY) {
      this.#options.onDisappearing(transaction.disappearsFirst);
    }
    for (const call of afterwards) call();
    for (const { record, before } of changed) this.#options.onConversation(record, before);
  }

  async #open(): Promise<void> {
    const { newDevice, onOpened } = this.#options;
    const snapshot = await this.#store.open((reason) => this.#lose(reason));
    const device = snapshot.device ?? newDevice();
    if (snapshot.device === undefined) await this.#store.apply([{ put: 'device', record: device }]);
    this.#device = device;
    this.#conversations = new Map();
    this.#ids = new Map();
    for (const record of snapshot.conversations) this.#remember(record);
    this.#values = new Map(snapshot.values.map((record) => [record.key, record]));
    onOpened({ ...snapshot, device });
  }

  #lose(reason: string): void {
    this.#opened = undefined;
    this.#lost = new StoaError('CONFLICT', `The local store is gone. ${reason}`, {
      hint: 'Start the client again to take it back.',
    });
    this.#options.onLost(this.#lost);
  }

  #remember(record: ConversationRecord): void {
    const before = this.#conversations.get(record.id);
    if (before !== undefined && before.conv !== record.conv) this.#ids.delete(before.conv);
    this.#conversations.set(record.id, record);
    if (record.conv !== 0) this.#ids.set(record.conv, record.id);
  }

  async #ready(): Promise<Committed> {
    if (this.#lost !== undefined) throw this.#lost;
    await this.open();
    if (this.#device === undefined) throw new Error('the store opened without a device');
    return {
      device: this.#device,
      conversations: this.#conversations,
      ids: this.#ids,
      values: this.#values,
    };
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task);
    this.#last = result;
    return result;
  }
}
