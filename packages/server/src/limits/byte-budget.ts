/** Bytes that are held at the same time, by key and altogether. Keeps nothing for keys that hold none. */
export class ByteBudget {
  readonly #most: number;
  readonly #mostByKey: number;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor({ most, mostByKey }: { readonly most: number; readonly mostByKey: number }) {
    this.#most = most;
    this.#mostByKey = mostByKey;
  }

  /** Counts them; undefined when there is no room. Call the result once they are held no more; calling again does nothing. */
  admit(key: string, bytes: number): (() => void) | undefined {
    const held = this.#held.get(key) ?? 0;
    // What comes alone has room, whatever its size: somebody else has found that it may be so large.
    const isTooMuch = (already: number, most: number) => already > 0 && already + bytes > most;
    if (isTooMuch(held, this.#mostByKey) || isTooMuch(this.#total, this.#most)) return undefined;
    this.#held.set(key, held + bytes);
    this.#total += bytes;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#total -= bytes;
      const left = (this.#held.get(key) ?? 0) - bytes;
      if (left > 0) this.#held.set(key, left);
      else this.#held.delete(key);
    };
  }
}
