import { limits, packValue, StoaError } from '@stoa/protocol';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Link } from '../connection/index.ts';
import type { Requests } from '../requests/index.ts';
import type { LocalData, Transaction, ValueRecord } from '../store/index.ts';
import { Timer } from '../timer.ts';
import { mergedValue } from './merged-value.ts';
import { sameValue } from './same-value.ts';

export interface SharedValuesOptions {
  readonly data: LocalData;
  readonly link: Link;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly random: () => number;
  /** A value is another one now, set here or elsewhere: carries out what follows from it. */
  readonly onChanged: (transaction: Transaction, key: string, value: unknown) => void | Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/** A value, absent when it was removed, and where the server has put the change. */
type Placed = Pick<ValueRecord, 'value' | 'position'>;

/**
 * Small values that the user's devices share. They change here at once and are stored; the server is told as soon as
 * there is a connection, and tells the other devices. The last change that reaches it counts.
 */
export class SharedValues {
  readonly #options: SharedValuesOptions;
  readonly #timer: Timer;
  /** On their way to the server. */
  readonly #flying = new Set<string>();
  /** What other devices have set meanwhile. */
  readonly #meanwhile = new Map<string, Placed>();
  #lastChange = 0;
  #failures = 0;

  constructor(options: SharedValuesOptions) {
    this.#options = options;
    this.#timer = new Timer(options.clock, () => this.#send());
  }

  /** The store is open: changes are counted on. */
  opened(values: readonly ValueRecord[]): void {
    for (const { unsent = 0 } of values) this.#lastChange = Math.max(this.#lastChange, unsent);
  }

  connected(): void {
    this.#failures = 0;
    this.#sendIn(0);
  }

  disconnected(): void {
    this.#timer.clear();
  }

  /**
   * Sets a value, or removes it (undefined). One that is too large for the server holds on this device alone.
   *
   * @param delayMs how much later the server may learn of it, together with what changes until then
   */
  async set(transaction: Transaction, key: string, value: unknown, delayMs = 0): Promise<void> {
    const before = transaction.value(key);
    if (sameValue(before?.value, value)) return;
    const isShared = value === undefined || packValue(value).length <= limits.stateBytes;
    this.#put(transaction, key, value, isShared);
    await this.#options.onChanged(transaction, key, value);
    if (isShared) transaction.afterwards(() => this.#sendIn(delayMs));
  }

  /** Another device has set a value, or removed it (undefined). */
  async received(transaction: Transaction, key: string, other: Placed): Promise<void> {
    const own = transaction.value(key);
    const merged = mergedValue(key, own?.value, other.value);
    if (this.#flying.has(key)) this.#meanwhile.set(key, other);
    else if (merged !== undefined) await this.#merge(transaction, key, other, merged);
    // What is still to be sent will be later.
    else if (own?.unsent === undefined && !isBefore(other, own)) await this.#accept(transaction, key, other);
  }

  /** Two devices have set it, and it does not matter who was later: the server shall have what they have together. */
  async #merge(transaction: Transaction, key: string, other: Placed, merged: unknown): Promise<void> {
    const own = transaction.value(key);
    const isOthers = sameValue(merged, other.value);
    const isOlder = isBefore(other, own);
    if (isOthers && !isOlder) await this.#accept(transaction, key, other);
    // The server has the one that was later, and it is not the one that counts.
    else if (isOthers && !sameValue(own?.value, merged)) await this.#setAgain(transaction, key, merged);
    else if (!isOthers && !isOlder && own?.unsent === undefined)
      await this.#setAgain(transaction, key, merged);
  }

  async #accept(transaction: Transaction, key: string, { value, position }: Placed): Promise<void> {
    const before = transaction.value(key)?.value;
    const placed = position === undefined ? {} : { position };
    if (value === undefined && position === undefined) transaction.removeValue(key);
    else transaction.putValue({ key, ...(value === undefined ? {} : { value }), ...placed });
    if (!sameValue(before, value)) await this.#options.onChanged(transaction, key, value);
  }

  async #setAgain(transaction: Transaction, key: string, value: unknown): Promise<void> {
    const before = transaction.value(key)?.value;
    this.#put(transaction, key, value, true);
    if (!sameValue(before, value)) await this.#options.onChanged(transaction, key, value);
    transaction.afterwards(() => this.#sendIn(0));
  }

  #put(transaction: Transaction, key: string, value: unknown, isUnsent: boolean): void {
    if (isUnsent) this.#lastChange += 1;
    const { position } = transaction.value(key) ?? {};
    transaction.putValue({
      key,
      ...(value === undefined ? {} : { value }),
      ...(position === undefined ? {} : { position }),
      ...(isUnsent ? { unsent: this.#lastChange } : {}),
    });
  }

  #sendIn(delayMs: number): void {
    const { link, clock } = this.#options;
    if (!link.online) return;
    if (delayMs === 0) this.#send();
    else if (!this.#timer.isSet) this.#timer.setTo(clock.now() + delayMs);
  }

  #send(): void {
    const { data, link } = this.#options;
    this.#timer.clear();
    if (!link.online) return;
    const unsent = [...data.values()].filter((value) => value.unsent !== undefined);
    for (const values of inRequests(unsent.filter(({ key }) => !this.#flying.has(key)))) {
      for (const { key } of values) this.#flying.add(key);
      this.#sendTogether(values)
        .catch(this.#options.onProblem)
        .finally(() => {
          for (const { key } of values) {
            this.#flying.delete(key);
            this.#meanwhile.delete(key);
          }
          // What changed meanwhile.
          if (this.#failures === 0) this.#sendIn(0);
        });
    }
  }

  async #sendTogether(records: readonly ValueRecord[]): Promise<void> {
    const { requests, data } = this.#options;
    const values = records.map(({ key, value }) => ({ key, ...(value === undefined ? {} : { value }) }));
    try {
      // In its turn among the changes of other devices.
      await requests.ask(
        'state.set',
        { values },
        { onAnswer: (transaction, { position }) => this.#confirm(transaction, records, position) },
      );
      this.#failures = 0;
    } catch (error) {
      if (this.#isFinal(error)) await data.transact((transaction) => this.#confirm(transaction, records));
    }
  }

  /** The server has these. What was changed since is sent by itself. */
  async #confirm(
    transaction: Transaction,
    records: readonly ValueRecord[],
    position?: unknown,
  ): Promise<void> {
    const at = typeof position === 'number' ? { position } : {};
    for (const { key, unsent, value } of records) {
      const other = this.#meanwhile.get(key);
      this.#flying.delete(key);
      this.#meanwhile.delete(key);
      if (transaction.value(key)?.unsent !== unsent) continue;
      await this.#accept(transaction, key, { value, ...at });
      if (other !== undefined) await this.#takeMeanwhile(transaction, key, other);
    }
  }

  /** Another device has set it while the own change was on its way; without positions that was before. */
  async #takeMeanwhile(transaction: Transaction, key: string, other: Placed): Promise<void> {
    const own = transaction.value(key);
    const merged = mergedValue(key, own?.value, other.value);
    if (merged !== undefined) await this.#merge(transaction, key, other, merged);
    else if (other.position !== undefined && !isBefore(other, own)) {
      await this.#accept(transaction, key, other);
    }
  }

  /** Whether there is no use in trying again: the values hold on this device alone, and hold up no others. */
  #isFinal(error: unknown): boolean {
    const { clock, random, link, onProblem } = this.#options;
    if (!(error instanceof StoaError) || !error.retryable) {
      onProblem(error);
      return true;
    }
    this.#failures += 1;
    // Too many values do not become fewer by waiting; somebody should know.
    if (error.code === 'TOO_MANY') onProblem(error);
    const delay = (error.retryAfterMs ?? 0) + backoffMs(this.#failures, random());
    if (link.online) this.#timer.setTo(clock.now() + delay);
    return false;
  }
}

/** Whether the server had a change no later than the one that is known. */
function isBefore({ position }: Placed, own: ValueRecord | undefined): boolean {
  return position !== undefined && own?.position !== undefined && position <= own.position;
}

/** Divides values so that each part fits one request. */
function inRequests(records: readonly ValueRecord[]): ValueRecord[][] {
  const parts: ValueRecord[][] = [];
  let part: ValueRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = packValue(record).length;
    if (part.length === limits.statePerRequest || bytes + size > requestBytes) {
      if (part.length > 0) parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  return part.length === 0 ? parts : [...parts, part];
}

/** Of the values in one request: well below what a WebSocket message may take. */
const requestBytes = limits.socketMessageBytes / 4;
