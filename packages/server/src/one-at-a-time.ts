/** Does what was handed in under one key one after the other; what has another key goes on meanwhile. */
export class OneAtATime<Key> {
  readonly #last = new Map<Key, Promise<unknown>>();

  /** Settles as `work` does, which begins when all that was handed in under this key before has ended. */
  async run<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(work);
    // Its outcome is the caller's; whoever comes next only waits for its end.
    const ended = done.then(nothing, nothing);
    this.#last.set(key, ended);
    try {
      return await done;
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    }
  }
}

const nothing = (): void => {};
