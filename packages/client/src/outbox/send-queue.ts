import { limits } from '@stoa/protocol';
import { backoffMs } from '../backoff.ts';
import { isHidden, type MessageRecord } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

interface Entry {
  record: MessageRecord;
  /** `ready`: to be sent; `sent`: waits for the server's answer. */
  state: 'ready' | 'sent';
  /** Whether the server may know of it already. */
  tried: boolean;
  /** How often the server could not take it. */
  refusals: number;
  /** It is being changed: nothing goes out before that is done. */
  held: boolean;
}

/**
 * Stored messages that the server has not answered yet, in the order in which they were sent. Decides what may go
 * out: everything in order, a bounded number unanswered. No effects, no time of its own.
 */
export class SendQueue {
  readonly #entries = new Map<number, Entry>();
  #unanswered = 0;
  /** Sends that may be unanswered. Shrinks to one after a refusal for the moment, then grows with each success. */
  #window: number = limits.sendWindow;
  #pausedUntil = 0;
  /** Pauses since the last success. */
  #pauses = 0;

  /** Until when nothing is sent; 0 when nothing holds the queue up. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  get(id: number): MessageRecord | undefined {
    return this.#entries.get(id)?.record;
  }

  /** Adds behind all others. `tried`: it may have been sent in an earlier life of the device. */
  add(record: MessageRecord, tried: boolean): void {
    if (!this.#entries.has(record.id))
      this.#entries.set(record.id, { record, state: 'ready', tried, refusals: 0, held: false });
  }

  /** Takes what is to be sent now, in order. */
  take(now: number): { record: MessageRecord; tried: boolean }[] {
    if (now < this.#pausedUntil) return [];
    this.#pausedUntil = 0;
    const taken: { record: MessageRecord; tried: boolean }[] = [];
    for (const entry of this.#entries.values()) {
      if (this.#unanswered >= this.#window || entry.held) break;
      if (entry.state !== 'ready') continue;
      taken.push({ record: entry.record, tried: entry.tried });
      entry.state = 'sent';
      entry.tried = true;
      this.#unanswered += 1;
    }
    return taken;
  }

  /** Whether the server may know of it already. */
  isTried(id: number): boolean {
    return this.#entries.get(id)?.tried === true;
  }

  /** It is about to be changed: it does not go out before it is released. */
  hold(id: number): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.held = true;
  }

  /** It has been changed, or remains as it was. */
  release(id: number, record?: MessageRecord): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.held = false;
    if (record !== undefined) entry.record = record;
  }

  /** The server has accepted or refused it for good, or nobody wants it sent any more. */
  remove(id: number): void {
    if (this.#entries.get(id)?.state === 'sent') this.#unanswered -= 1;
    this.#entries.delete(id);
  }

  accepted(id: number): void {
    this.remove(id);
    // During a pause it answers what went out before it, and says nothing about now.
    if (this.#pausedUntil > 0) return;
    this.#pauses = 0;
    this.#window = Math.min(limits.sendWindow, this.#window + 1);
  }

  /**
   * The server cannot take it for the moment: it keeps its place, and nothing is sent for a while.
   *
   * @param retryAfterMs what the server asked for
   * @param random from 0 (included) to 1
   * @returns how often that has happened to this send
   */
  postponed(id: number, now: number, retryAfterMs: number, random: number): number {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'sent') return 0;
    entry.state = 'ready';
    entry.refusals += 1;
    this.#unanswered -= 1;
    this.#window = 1;
    // What was on its way together is refused together: that is one failure, not many.
    if (this.#pausedUntil === 0) {
      this.#pausedUntil = now + backoffMs(this.#pauses, random);
      this.#pauses += 1;
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfterMs);
    return entry.refusals;
  }

  /** The connection is gone: everything unanswered is sent again on the next one. */
  disconnected(): void {
    for (const entry of this.#entries.values()) entry.state = 'ready';
    this.#unanswered = 0;
    this.#pausedUntil = 0;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
    this.disconnected();
  }

  /** Messages of a conversation that wait and are shown in it. */
  idsIn(conversation: ConversationId): number[] {
    const ids: number[] = [];
    for (const { record } of this.#entries.values()) {
      if (record.conversation === conversation && !isHidden(record)) ids.push(record.id);
    }
    return ids;
  }

  /** All messages that wait and are shown. */
  messages(): MessageRecord[] {
    const records = [...this.#entries.values()].map(({ record }) => record);
    return records.filter((record) => !isHidden(record));
  }

  /** What waits for a conversation and is not shown in it: changes of messages, and scheduled ones. */
  hiddenIn(conversation: ConversationId): MessageRecord[] {
    const records = [...this.#entries.values()].map(({ record }) => record);
    return records.filter((record) => record.conversation === conversation && isHidden(record));
  }

  /** Messages that the server cannot know of. */
  untried(): MessageRecord[] {
    const untried = [...this.#entries.values()].filter(({ tried }) => !tried);
    return untried.map(({ record }) => record).filter(({ event }) => event === undefined);
  }
}
