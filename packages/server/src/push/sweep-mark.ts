import type { PushSweepStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';

export interface SweepMarkOptions {
  readonly store: PushSweepStore;
  readonly clock: Clock;
  /** Of this process. */
  readonly node: string;
  /** Whether there are other nodes; without them it is not asked whether one of them has the sweep. */
  readonly hasOthers: boolean;
  /** When the oldest note was made that is not sent yet; undefined when all are. */
  readonly oldestUnsent: () => number | undefined;
}

/**
 * How far the log was gone over, and the right to go on, which one node has at a time. What is stored stays behind what
 * has not been sent: the node that goes on after another one has died finds it again.
 */
export class SweepMark {
  readonly #options: SweepMarkOptions;
  /** Undefined while another node has the sweep. */
  #reached: number | undefined;
  #stored = 0;
  #heldUntil = 0;
  #savedAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** What was gone over and is not stored, and when. */
  #steps: { readonly mid: number; readonly at: number }[] = [];

  constructor(options: SweepMarkOptions) {
    this.#options = options;
  }

  /** Resolves to where to go on, or to undefined when it is another node's turn. */
  async hold(): Promise<number | undefined> {
    const { store, clock, node, hasOthers } = this.#options;
    const now = clock.now();
    if (this.#reached !== undefined && this.#heldUntil - now > this.#leaseMs / 2) return this.#reached;
    if (this.#reached === undefined && now - this.#askedAt < askAgainMs) return undefined;
    this.#askedAt = now;
    const until = now + this.#leaseMs;
    const mid = await store.hold({ node, now: hasOthers ? now : Number.MAX_SAFE_INTEGER, until });
    if (mid === undefined) {
      this.#lose();
      return undefined;
    }
    this.#heldUntil = until;
    if (this.#reached === undefined) {
      // After a long time without any registration, most of it is of no interest.
      this.#reached = Math.max(mid, (await store.newest()) - longestWay);
      this.#stored = mid;
    }
    return this.#reached;
  }

  /** Everything up to this message was looked at. */
  reached(mid: number, at: number): void {
    if (this.#reached === undefined) return;
    this.#reached = mid;
    this.#steps.push({ mid, at });
  }

  /** Stores how far it has come, from time to time. */
  async save(): Promise<void> {
    if (this.#options.clock.now() - this.#savedAt < saveAgainMs) return;
    await this.#store(this.#leaseMs);
  }

  /** Stores how far it has come, and lets another node go on at once. */
  async close(): Promise<void> {
    if (this.#reached === undefined) return;
    await this.#store(0);
    this.#reached = undefined;
  }

  async #store(leaseMs: number): Promise<void> {
    const { store, clock, node, oldestUnsent } = this.#options;
    const unsent = oldestUnsent() ?? Number.POSITIVE_INFINITY;
    const done = this.#steps.findLastIndex(({ at }) => at < unsent);
    const mid = Math.max(this.#stored, this.#steps[done]?.mid ?? 0);
    if (mid === this.#stored && leaseMs > 0) return;
    const now = clock.now();
    if (!(await store.move({ node, mid, until: now + leaseMs }))) return this.#lose();
    this.#steps = this.#steps.slice(done + 1);
    this.#stored = mid;
    this.#heldUntil = now + leaseMs;
    this.#savedAt = now;
  }

  #lose(): void {
    this.#reached = undefined;
    this.#steps = [];
  }

  get #leaseMs(): number {
    return this.#options.hasOthers ? sharedLeaseMs : aloneLeaseMs;
  }
}

const sharedLeaseMs = 20_000;
/** Nobody waits for it, and renewing it is a write to the disk. */
const aloneLeaseMs = 365 * 24 * 3600 * 1_000;
const askAgainMs = 3_000;
const saveAgainMs = 5_000;
const longestWay = 200_000;
