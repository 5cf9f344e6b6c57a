/** Counts what each user, or each device, has of something of which nobody may have all. */
export class Shares {
  readonly #most: number;
  readonly #counts = new Map<number, number>();

  constructor(most: number) {
    this.#most = most;
  }

  hasRoom(key: number): boolean {
    return (this.#counts.get(key) ?? 0) < this.#most;
  }

  take(key: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  giveBack(key: number): void {
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}
