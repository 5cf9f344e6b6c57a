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

/**
 * Small values that the user's devices share. They change here at once and are stored; the server is told as soon as
 * there is a connection, and tells the other devices. The last change that reaches it counts.
 */
export class SharedValues {
  readonly #options: SharedValuesOptions;
  readonly #timer: Timer;
  /** On their way to the server. */
  readonly #flying = new Set<string>();
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
  async received(transaction: Transaction, key: string, other: unknown): Promise<void> {
    const own = transaction.value(key);
    const isUnsent = own?.unsent !== undefined;
    const chosen = mergedValue(key, own?.value, other) ?? (isUnsent ? own.value : other);
    const isFlying = this.#flying.has(key);
    if (isUnsent && sameValue(chosen, own.value) && (isFlying || !sameValue(chosen, other))) {
      // Nobody knows which of the two the server had last: the own one is told once more, and then it is.
      if (isFlying && !sameValue(own.value, other)) this.#put(transaction, key, own.value, true);
      return;
    }
    const isConfirmed = sameValue(chosen, other) && !isFlying;
    if (isConfirmed && chosen === undefined) transaction.removeValue(key);
    else this.#put(transaction, key, chosen, !isConfirmed);
    if (!sameValue(own?.value, chosen)) await this.#options.onChanged(transaction, key, chosen);
    if (!isConfirmed) transaction.afterwards(() => this.#sendIn(0));
  }

  #put(transaction: Transaction, key: string, value: unknown, isUnsent: boolean): void {
    if (isUnsent) this.#lastChange += 1;
    transaction.putValue({
      key,
      ...(value === undefined ? {} : { value }),
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
          for (const { key } of values) this.#flying.delete(key);
          // What changed meanwhile.
          if (this.#failures === 0) this.#sendIn(0);
        });
    }
  }

  async #sendTogether(records: readonly ValueRecord[]): Promise<void> {
    const { requests, data } = this.#options;
    const values = records.map(({ key, value }) => ({ key, ...(value === undefined ? {} : { value }) }));
    const confirm = (transaction: Transaction): void => this.#confirm(transaction, records);
    try {
      // In its turn among the changes of other devices: those after it are later.
      await requests.ask('state.set', { values }, { onAnswer: confirm });
      this.#failures = 0;
    } catch (error) {
      if (this.#isFinal(error)) await data.transact(confirm);
    }
  }

  /** The server has these. What was changed since is sent by itself. */
  #confirm(transaction: Transaction, records: readonly ValueRecord[]): void {
    for (const { key, unsent } of records) {
      this.#flying.delete(key);
      const record = transaction.value(key);
      if (record === undefined || record.unsent !== unsent) continue;
      if (record.value === undefined) transaction.removeValue(key);
      else this.#put(transaction, key, record.value, false);
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
