import { type ServerFrame, unpackValue } from '@stoa/protocol';
import type { UserValue, UserValueStore } from '@stoa/storage';

/** One device's end of the line, as the feed sees it. */
export interface ValueOutlet {
  write(frame: ServerFrame): void;
  writeEncoded(bytes: Uint8Array): void;
  readonly congested: boolean;
  readonly closed: boolean;
}

/** A value that was set. */
export interface ChangedValue {
  readonly position: number;
  /** Its frame, in msgpack. */
  readonly bytes: Uint8Array;
}

/**
 * Brings the values of one user to one connected device. The store is the truth: what comes as an event while the
 * store is read, or out of order, is read from the store, so that a device never ends with an older value.
 */
export class ValueFeed {
  readonly #uid: number;
  readonly #store: UserValueStore;
  readonly #outlet: ValueOutlet;
  /** Everything that changed up to here was told. */
  #position = 0;
  /** Of the newest change that came as an event. */
  #newest = 0;
  #reading: Promise<void> | undefined;
  #missed = false;
  #goOn: (() => void) | undefined;

  constructor({ uid, store, outlet }: { uid: number; store: UserValueStore; outlet: ValueOutlet }) {
    this.#uid = uid;
    this.#store = store;
    this.#outlet = outlet;
  }

  /** Tells all that changed after the device's position; resolves to the position up to which it did. */
  async start(position: number | undefined): Promise<number> {
    this.#position = position ?? 0;
    await this.#read(position !== undefined);
    return this.#position;
  }

  /** Events may have been lost. */
  catchUp(): Promise<void> {
    return this.#read(true);
  }

  /** Something changed on another device. */
  offer({ position, bytes }: ChangedValue, onError: (error: unknown) => void): void {
    if (this.#reading !== undefined) {
      this.#missed = true;
      return;
    }
    if (position < this.#newest) {
      this.#position = Math.min(this.#position, position - 1);
      this.catchUp().catch(onError);
      return;
    }
    this.#newest = position;
    this.#outlet.writeEncoded(bytes);
  }

  /** The outlet takes more, or is closed. */
  drained(): void {
    this.#goOn?.();
  }

  #read(withRemoved: boolean): Promise<void> {
    // What is being read may have been asked for too early.
    if (this.#reading === undefined) this.#reading = this.#readAll(withRemoved);
    else this.#missed = true;
    return this.#reading;
  }

  async #readAll(withRemoved: boolean): Promise<void> {
    try {
      await this.#readChanges(withRemoved);
      while (this.#missed && !this.#outlet.closed) await this.#readChanges(true);
    } finally {
      // Before anything else can happen: from here on, events are written at once again.
      this.#reading = undefined;
    }
  }

  async #readChanges(withRemoved: boolean): Promise<void> {
    this.#missed = false;
    const since = this.#position;
    let first: number | undefined;
    let after: UserValue | undefined;
    do {
      const query = { uid: this.#uid, position: since, limit: page };
      const { position, values } = await this.#store.changed(
        after === undefined ? query : { ...query, after },
      );
      first ??= position;
      for (const { key, value, position } of values) {
        if (value !== null) this.#outlet.write({ t: 'state', key, value: unpackValue(value), position });
        else if (withRemoved) this.#outlet.write({ t: 'state', key, position });
      }
      after = values.length < page ? undefined : values.at(-1);
      await this.#roomToWrite();
      if (this.#outlet.closed) return;
    } while (after !== undefined);
    this.#position = Math.max(since, first);
    this.#newest = Math.max(this.#newest, this.#position);
  }

  async #roomToWrite(): Promise<void> {
    while (this.#outlet.congested && !this.#outlet.closed) {
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    }
    this.#goOn = undefined;
  }
}

/** Values read at a time; they may be 16 KiB each. */
const page = 50;
