import type { Clock, ServerClock } from '../clock.ts';
import type { ConversationRecord, MessageRecord } from '../store/index.ts';
import type { ConversationId, LocalMessage } from '../types.ts';
import { localMessage } from './local-message.ts';

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
  readonly #onExpired: (messages: readonly Expiring[]) => void;
  readonly #expiring = new Map<string, Expiring>();
  #timer: { readonly id: unknown; readonly at: number } | undefined;
  #isWatching = false;

  constructor(options: {
    clock: Clock;
    serverClock: ServerClock;
    /** Some may have been delivered meanwhile. */
    onExpired: (messages: readonly Expiring[]) => void;
  }) {
    this.#clock = options.clock;
    this.#serverClock = options.serverClock;
    this.#onExpired = options.onExpired;
  }

  of(message: MessageRecord, conversation: ConversationRecord): LocalMessage {
    const now = this.#serverClock.now();
    const local = localMessage(message, conversation, now);
    const { conversation: id, order, expiresAt } = local;
    const key = `${id} ${order}`;
    if (local.status !== 'sent') this.#expiring.delete(key);
    else if (this.#isWatching && expiresAt !== undefined && expiresAt - now < horizonMs) {
      this.#expiring.set(key, { conversation: id, order, expiresAt });
      this.#wakeAt(expiresAt);
    }
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
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer.id);
    this.#timer = undefined;
  }

  #wakeAt(at: number): void {
    if (this.#timer !== undefined) {
      if (this.#timer.at <= at) return;
      this.#clock.clearTimeout(this.#timer.id);
    }
    const wait = Math.max(coarseMs, at - this.#serverClock.now());
    this.#timer = { id: this.#clock.setTimeout(() => this.#wake(), wait), at };
  }

  #wake(): void {
    this.#timer = undefined;
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
