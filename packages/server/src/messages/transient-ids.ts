/**
 * Ids for messages that are not stored: the upper half of the safe integers, which the store's ids never reach.
 * Milliseconds make them increase; a random start keeps nodes apart within one millisecond.
 */
export class TransientIds {
  #last = 0;

  next(now: number): number {
    const base = 2 ** 52 + (now - epoch) * perMillisecond;
    this.#last = Math.max(this.#last + 1, base + Math.floor(Math.random() * perMillisecond));
    return this.#last;
  }
}

/** 2026-01-01; with 1,024 ids per millisecond the range lasts until the year 2165. */
const epoch = Date.UTC(2026, 0, 1);
const perMillisecond = 1024;
