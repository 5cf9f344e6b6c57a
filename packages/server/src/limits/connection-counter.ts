/** Counts what is open at the same time by key. Keeps nothing for keys with nothing open. */
export class ConnectionCounter {
  readonly #maximum: number;
  readonly #open = new Map<string, number>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Counts one more; undefined when there are too many. Call the result once it has ended; calling again does nothing. */
  admit(key: string): (() => void) | undefined {
    const open = this.#open.get(key) ?? 0;
    if (open >= this.#maximum) return undefined;
    this.#open.set(key, open + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#open.get(key) ?? 0) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    };
  }

  count(key: string): number {
    return this.#open.get(key) ?? 0;
  }
}
