/** Counts what each user has of something of which nobody may have all. */
export class Shares {
  readonly #most: number;
  readonly #counts = new Map<number, number>();

  constructor(most: number) {
    this.#most = most;
  }

  hasRoom(uid: number): boolean {
    return (this.#counts.get(uid) ?? 0) < this.#most;
  }

  take(uid: number): void {
    this.#counts.set(uid, (this.#counts.get(uid) ?? 0) + 1);
  }

  giveBack(uid: number): void {
    const left = (this.#counts.get(uid) ?? 0) - 1;
    if (left > 0) this.#counts.set(uid, left);
    else this.#counts.delete(uid);
  }
}
