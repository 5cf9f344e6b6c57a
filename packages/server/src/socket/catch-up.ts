import type { Bus } from '@stoa/bus';
import { StoreUnavailableError } from '@stoa/storage';
import type { Clock } from '../clock.ts';

/** A session, as far as it concerns us. */
export interface CatchingUp {
  readonly connection: { readonly closed: boolean };
  catchUp(): Promise<void>;
}

export interface CatchUpOptions {
  readonly bus: Pick<Bus, 'connected'>;
  /** Whether there are other nodes, whose events may be lost without anybody noticing. */
  readonly hasOthers: boolean;
  /** All sessions of this node. */
  readonly sessions: () => Iterable<CatchingUp>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** From 0 (included) to 1. */
  readonly random?: () => number;
}

/**
 * Lets sessions ask the store for what they may have missed: those about which the bus says so; all of them when another
 * node has died, and every few seconds while other nodes cannot be reached, so that messages arrive late instead of not at
 * all; and all of them once in a long while, should events have been lost without anybody noticing. Where there are no other nodes,
 * only those that could not be told something because the store was away. A few sessions at a time and after a random delay, so
 * that many sessions on many nodes do not fall upon the database together.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #random: () => number;
  readonly #waiting = new Set<CatchingUp>();
  #running = 0;
  #notBefore = 0;
  #connected = true;
  #nextRound: number;

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#nextRound = this.#timeOfNextRound();
  }

  /** The session may have missed something. */
  request(session: CatchingUp): void {
    const isFirst = this.#waiting.size === 0 && this.#running === 0;
    if (isFirst) this.#notBefore = this.#options.clock.now() + this.#random() * startWithinMs;
    this.#waiting.add(session);
  }

  /** Any session may have missed something. */
  requestAll(): void {
    for (const session of this.#options.sessions()) this.request(session);
  }

  /** Called several times a second. */
  tick(): void {
    const { bus, clock, sessions, hasOthers } = this.#options;
    const now = clock.now();
    if (bus.connected !== this.#connected) {
      this.#connected = bus.connected;
      this.#nextRound = this.#timeOfNextRound();
    }
    const isIdle = this.#waiting.size === 0 && this.#running === 0;
    if (hasOthers && isIdle && now >= this.#nextRound) {
      for (const session of sessions()) this.#waiting.add(session);
      this.#nextRound = this.#timeOfNextRound();
    }
    if (now >= this.#notBefore) this.#begin();
  }

  #begin(): void {
    for (const session of this.#waiting) {
      if (this.#running >= atOnce) return;
      this.#waiting.delete(session);
      if (session.connection.closed) continue;
      this.#running += 1;
      session
        .catchUp()
        .then(
          () => true,
          (error: unknown) => this.#postpone(session, error),
        )
        .then((goOn) => {
          this.#running -= 1;
          if (goOn) this.#begin();
        });
    }
  }

  /** Most likely the store is away: everybody waits. */
  #postpone(session: CatchingUp, error: unknown): false {
    if (!(error instanceof StoreUnavailableError)) this.#options.onError(error);
    this.#waiting.add(session);
    this.#notBefore = this.#in(storeAwayMs);
    return false;
  }

  #timeOfNextRound(): number {
    return this.#in(this.#connected ? quietRoundMs : awayRoundMs);
  }

  /** The time after about so long: give or take half of it. */
  #in(ms: number): number {
    return this.#options.clock.now() + ms * (0.5 + this.#random());
  }
}

const atOnce = 4;
const startWithinMs = 500;
/** Between two rounds while other nodes cannot be reached, and while they can. */
const awayRoundMs = 3_000;
const quietRoundMs = 600_000;
const storeAwayMs = 1_000;
