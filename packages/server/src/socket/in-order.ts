/**
 * Keeps tasks in order although each needs a look-up first that may or may not have to wait: the second step of a
 * task begins after the second steps of all tasks before it have begun. Nothing is queued while no look-up waits.
 */
export class InOrder {
  #last: Promise<unknown> | undefined;

  /** @param onFailed told of a look-up that had to wait and failed, before the next task goes on */
  run<T>(
    lookUp: () => T | Promise<T>,
    proceed: (found: T) => Promise<void>,
    onFailed: (error: unknown) => void = () => {},
  ): Promise<void> {
    if (this.#last === undefined) {
      const found = lookUp();
      if (!(found instanceof Promise)) return proceed(found);
      return this.#after(found, proceed, onFailed);
    }
    const before = this.#last;
    return this.#after(before.then(lookUp, lookUp), proceed, onFailed);
  }

  #after<T>(
    found: Promise<T>,
    proceed: (found: T) => Promise<void>,
    onFailed: (error: unknown) => void,
  ): Promise<void> {
    let done: Promise<void> | undefined;
    const begun = found.then(
      (value) => {
        done = proceed(value);
        // Its outcome is the caller's; here it only must not count as unhandled.
        done.catch(() => {});
      },
      (error: unknown) => {
        onFailed(error);
        throw error;
      },
    );
    this.#last = begun;
    const forget = (): void => {
      if (this.#last === begun) this.#last = undefined;
    };
    begun.then(forget, forget);
    return begun.then(() => done);
  }
}
