import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoaError } from '@stoa/protocol';

/**
 * Lets a session's requests of one kind take place one after the other, each in a turn of the event loop of its own:
 * many that come at once hold up neither each other's order nor anybody else.
 */
export class Turns {
  readonly #capacity: number;
  #last: Promise<void> | undefined;
  #waiting = 0;

  /** `capacity`: how much may wait, in the units of `weight`. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @throws StoaError TOO_MANY when too much waits already. */
  take(weight: number, work: () => Promise<void>): Promise<void> {
    if (this.#waiting + weight > this.#capacity) {
      throw new StoaError('TOO_MANY', 'Too many requests wait for their answer.', { retryAfterMs: 1_000 });
    }
    this.#waiting += weight;
    const before = this.#last ?? Promise.resolve();
    const done = before.then(() => nextTurn()).then(work);
    const last = done
      .catch(() => {})
      .finally(() => {
        this.#waiting -= weight;
        if (this.#last === last) this.#last = undefined;
      });
    this.#last = last;
    return done;
  }
}
