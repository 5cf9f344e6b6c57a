import { StoaError } from '@stoa/protocol';
import { InOrder } from './in-order.ts';

/**
 * The order of what a device sends on one connection. After a refusal that may be tried again, what is on its way behind
 * the refused message must not overtake it: it is refused, too, until the client repeats what was refused.
 */
export class SendOrder {
  readonly #now: () => number;
  readonly #inOrder = new InOrder();
  #heldUntil = 0;
  /** The first of those that the client has to repeat, for as long as the others are held up behind it. */
  #refusedId = 0;
  /** What was let in and is not done yet, as far as nothing before it has failed. */
  readonly #underWay = new Set<UnderWay>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Lets the next send in, or refuses it.
   *
   * @param waitMs how long its sender has to wait
   * @throws StoaError RATE_LIMITED
   */
  letIn({ id, isTransient }: { id: number; isTransient: boolean }, waitMs: () => number): void {
    // Those behind it are repeated, too, perhaps before its own repeat has been refused: they have to wait all the same.
    if (this.#isHeld() && id > this.#refusedId) throw behindRefused();
    const wait = waitMs();
    // A transient message is not repeated, and has no place that another one could take.
    if (!isTransient) {
      if (wait > 0) this.#holdBehind(id);
      else if (id === this.#refusedId) this.#heldUntil = 0;
    }
    if (wait > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: wait });
  }

  /**
   * Carries out one that was let in. `lookUp` may take a moment; `proceed` begins in the order of the calls, and reports by
   * `failed` when it could not be done. When it takes a moment before what cannot be taken back, it calls `requireOrder`
   * just before that, which throws when one before it has failed meanwhile. One before it has a lower id: what is
   * repeated is not behind those that are refused because it had failed.
   */
  run<T>(
    id: number,
    lookUp: () => T | Promise<T>,
    proceed: (found: T, requireOrder: () => void) => Promise<void>,
  ): Promise<void> {
    const own: UnderWay = { id, isBehindRefused: false };
    const requireOrder = (): void => {
      if (!own.isBehindRefused) return;
      const error = behindRefused();
      this.failed(id, error);
      throw error;
    };
    const done = this.#inOrder.run(
      lookUp,
      (found) => {
        requireOrder();
        return proceed(found, requireOrder);
      },
      (error) => this.failed(id, error),
    );
    this.#underWay.add(own);
    const forget = (): void => {
      this.#underWay.delete(own);
    };
    done.then(forget, forget);
    return done;
  }

  /** One that was let in could not be done. */
  failed(id: number, error: unknown): void {
    const willBeRepeated = !(error instanceof StoaError) || error.retryable;
    if (!willBeRepeated) return;
    this.#holdBehind(id);
    for (const other of this.#underWay) {
      if (other.id <= id) continue;
      other.isBehindRefused = true;
      this.#underWay.delete(other);
    }
  }

  #isHeld(): boolean {
    return this.#now() < this.#heldUntil;
  }

  #holdBehind(id: number): void {
    this.#refusedId = this.#isHeld() ? Math.min(this.#refusedId, id) : id;
    this.#heldUntil = this.#now() + holdAtMostMs;
  }
}

interface UnderWay {
  readonly id: number;
  isBehindRefused: boolean;
}

const behindRefused = () => new StoaError('RATE_LIMITED', undefined, { retryAfterMs: holdMs });

/** A client that never repeats what was refused is not held up longer than this. */
const holdAtMostMs = 10_000;
/** When a client may try again what was refused for its own good. */
const holdMs = 1_000;
