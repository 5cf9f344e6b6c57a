import type { Clock, ServerClock } from '../clock.ts';
import type { ConversationRecord, MessageRecord } from '../store/index.ts';
import { Timer } from '../timer.ts';
import type { ConversationId, LocalMessage } from '../types.ts';
import { localMessage } from './local-message.ts';
import type { PendingChanges } from './pending-changes.ts';

/** A message that was shown as `sent` and expires soon. */
export interface Expiring {
  readonly conversation: ConversationId;
  readonly order: number;
  readonly expiresAt: number;
}

/**
 * Makes what the application sees of messages. Those shown as `sent` that expire within a day are remembered,
 * with one timer for all, so that the application learns of it; the others show when they are read again.
 */
export class MessageView {
  readonly #clock: Clock;
  readonly #serverClock: ServerClock;
  readonly #changes: PendingChanges;
  readonly #onExpired: (messages: readonly Expiring[]) => void;
  readonly #expiring = new Map<string, Expiring>();
  readonly #timer: Timer;
  /** Time of the server that the timer is set for. */
  #wakesAt = Number.POSITIVE_INFINITY;
  #isWatching = false;

  constructor(options: {
    clock: Clock;
    serverClock: ServerClock;
    changes: PendingChanges;
    /** Some may have been delivered meanwhile. */
    onExpired: (messages: readonly Expiring[]) => void;
  }) {
    this.#clock = options.clock;
    this.#serverClock = options.serverClock;
    this.#changes = options.changes;
    this.#onExpired = options.onExpired;
    this.#timer = new Timer(options.clock, () => this.#wake());
  }

  of(message: MessageRecord, conversation: ConversationRecord): LocalMessage {
    const now = this.#serverClock.now();
    const changes = this.#changes;
    const local = localMessage(message, conversation, now, changes.of(message), changes.marksOn(message));
    if (local.outgoing) this.#watch(local, now);
    return local;
  }

  /** Begins to tell of messages that expire from now on. */
  start(): void {
    this.#isWatching = true;
  }

  /** Forgets what expires, and leaves no timer behind. */
  stop(): void {
    this.#isWatching = false;
    this.#expiring.clear();
    this.#timer.clear();
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #watch({ conversation, order, status, expiresAt }: LocalMessage, now: number): void {
    const key = `${conversation} ${order}`;
    if (status !== 'sent') this.#expiring.delete(key);
    else if (this.#isWatching && expiresAt !== undefined && expiresAt - now < horizonMs) {
      this.#expiring.set(key, { conversation, order, expiresAt });
      this.#wakeAt(expiresAt);
    }
  }

  #wakeAt(at: number): void {
    if (at >= this.#wakesAt) return;
    this.#wakesAt = at;
    const wait = Math.max(coarseMs, at - this.#serverClock.now());
    this.#timer.setTo(this.#clock.now() + wait);
  }

  #wake(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#serverClock.now();
    const expired: Expiring[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [key, expiring] of this.#expiring) {
      if (expiring.expiresAt > now) next = Math.min(next, expiring.expiresAt);
      else {
        this.#expiring.delete(key);
        expired.push(expiring);
      }
    }
    if (expired.length > 0) this.#onExpired(expired);
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(next);
  }
}

const horizonMs = 24 * 3600 * 1000;
/** The timer runs at most this often. */
const coarseMs = 1_000;
