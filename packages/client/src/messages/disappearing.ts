import type { Clock, ServerClock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { LocalData, MessageRecord, Transaction } from '../store/index.ts';
import { Timer } from '../timer.ts';
import type { ConversationId } from '../types.ts';
import { removeMessage, type WaitingMessages } from './deleting.ts';

export interface DisappearingOptions {
  readonly data: LocalData;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly outbox: WaitingMessages;
  readonly events: Events;
  readonly onProblem: (error: unknown) => void;
}

/** Removes messages from this device when their age is over: one timer for all, and the store knows who is next. */
export class Disappearing {
  readonly #options: DisappearingOptions;
  readonly #timer: Timer;
  /** Time of the server that the timer is set for. */
  #wakesAt = Number.POSITIVE_INFINITY;
  #isOn = false;

  constructor(options: DisappearingOptions) {
    this.#options = options;
    this.#timer = new Timer(options.clock, () => this.#wake());
  }

  /** Begins with what has disappeared while nobody looked. */
  start(): void {
    this.#isOn = true;
    this.#wake();
  }

  stop(): void {
    this.#isOn = false;
    this.#timer.clear();
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  /** The server has told its time, which may be another one than was thought. */
  clockSet(): void {
    if (this.#wakesAt < Number.POSITIVE_INFINITY) this.#wake();
  }

  /** There is a message that disappears at this time of the server. */
  noticed(at: number): void {
    if (!this.#isOn || at >= this.#wakesAt) return;
    const { clock, serverClock } = this.#options;
    this.#wakesAt = at;
    const wait = at - serverClock.now();
    this.#timer.setTo(clock.now() + Math.min(Math.max(wait, coarseMs), longestMs));
  }

  #wake(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    this.#timer.clear();
    this.#removeDue().catch(this.#options.onProblem);
  }

  async #removeDue(): Promise<void> {
    const { data, serverClock } = this.#options;
    const next = await data.read((store) => store.disappearing(together));
    const now = serverClock.now();
    const due = next.filter(({ disappearsAt = now + 1 }) => disappearsAt <= now);
    if (due.length > 0) await data.transact((transaction) => this.#remove(transaction, due));
    const first = next[due.length]?.disappearsAt;
    if (first !== undefined) this.noticed(first);
    else if (due.length === together) await this.#removeDue();
  }

  async #remove(transaction: Transaction, due: readonly MessageRecord[]): Promise<void> {
    const { outbox, events } = this.#options;
    const removed = new Map<ConversationId, number[]>();
    for (const { conversation, order } of due) {
      await removeMessage(transaction, conversation, order, outbox);
      removed.set(conversation, [...(removed.get(conversation) ?? []), order]);
    }
    transaction.afterwards(() => {
      for (const [conversation, orders] of removed) events.emit('removed', { conversation, orders });
    });
  }
}

/** Messages removed in one transaction. */
const together = 100;
/** The timer runs at most this often, and at least this often: platforms do not take longer waits. */
const coarseMs = 1_000;
const longestMs = 24 * 3600 * 1000;
