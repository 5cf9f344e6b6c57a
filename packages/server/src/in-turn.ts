/** Lets what was begun under one key come out in the order in which it was begun, whatever it waits for. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Nothing waits, and whoever was to go on by what has come out has done so. */
  get isIdle(): boolean {
    return this.#last.size === 0;
  }

  /** Settles as `work` does, after all that was handed in under this key before. */
  run<T>(key: string, work: Promise<T>): Promise<T> {
    // Its outcome is the caller's, in his turn; here it only must not count as unhandled.
    work.catch(() => {});
    const before = this.#last.get(key);
    const inOrder = before === undefined ? work : before.then(() => work);
    const settled = Promise.allSettled([inOrder]);
    this.#last.set(key, settled);
    settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return inOrder;
  }
}
