/** Of every `of` ids one may be used, the one with this number: pages that share a device make different ids. */
export interface IdShare {
  readonly number: number;
  readonly of: number;
}

/**
 * Ids of sends (idempotency keys): increasing, and never used twice by a device. Milliseconds of the clock make them
 * so even before the store is open, which knows the last one; a clock that was set back is corrected then.
 */
export class SendIds {
  readonly #now: () => number;
  readonly #share: IdShare;
  #last = 0;

  constructor(now: () => number, share: IdShare = { number: 0, of: 1 }) {
    this.#now = now;
    this.#share = share;
  }

  next(): number {
    const { number, of } = this.#share;
    const earliest = Math.max(this.#last + 1, Math.floor(this.#now()));
    this.#last = earliest + ((((number - earliest) % of) + of) % of);
    return this.#last;
  }

  /** An id that was made in another page: the same one, unless a later one was used meanwhile. */
  claim(id: number): number {
    if (id <= this.#last) return this.next();
    this.#last = id;
    return id;
  }

  /** Ids up to this one were used before. */
  used(last: number): void {
    this.#last = Math.max(this.#last, last);
  }
}
