/**
 * Ids of sends (idempotency keys): increasing, and never used twice by a device. Milliseconds of the clock make them
 * so even before the store is open, which knows the last one; a clock that was set back is corrected then.
 */
export class SendIds {
  readonly #now: () => number;
  #last = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#now()));
    return this.#last;
  }

  /** Ids up to this one were used before. */
  used(last: number): void {
    this.#last = Math.max(this.#last, last);
  }
}
