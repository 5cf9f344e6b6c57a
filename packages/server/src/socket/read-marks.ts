/**
 * The read marks of one session that are being stored. A client takes the answer to a `ping` for the word that the marks
 * before it are stored, or were refused, so it waits for them.
 */
export class ReadMarks {
  readonly #underWay = new Set<Promise<void>>();

  /** Gives back what it was given. */
  add(stored: Promise<void>): Promise<void> {
    this.#underWay.add(stored);
    const settled = (): void => void this.#underWay.delete(stored);
    stored.then(settled, settled);
    return stored;
  }

  /** Calls back when all that were added before are settled: at once when there are none. */
  afterwards(callback: () => void): void | Promise<void> {
    if (this.#underWay.size === 0) return callback();
    return Promise.allSettled(this.#underWay).then(callback);
  }
}
