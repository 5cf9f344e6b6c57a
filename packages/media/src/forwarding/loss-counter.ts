/** Counts packets that came and that did not, from one look to the next. */
export class LossCounter {
  #expected = 0;
  #lost = 0;

  add(expected: number, lost: number): void {
    this.#expected += expected;
    this.#lost += lost;
  }

  /** The share that was lost since the last call, from 0 to 1. */
  take(): number {
    const share = this.#expected <= 0 ? 0 : Math.max(0, this.#lost / this.#expected);
    this.#expected = 0;
    this.#lost = 0;
    return share;
  }
}
