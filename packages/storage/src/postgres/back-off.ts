const firstMs = 50;
const longestMs = 2_000;

/** When to try again to reach a server that is away: after pauses that double, each a little different for every node. */
export class BackOff {
  readonly #now: () => number;
  readonly #random: () => number;
  #failures = 0;
  #until = 0;

  constructor(now: () => number = () => performance.now(), random: () => number = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  /** Milliseconds to wait; 0 when it may be tried. */
  get remaining(): number {
    return Math.max(0, this.#until - this.#now());
  }

  failed(): void {
    const pause = Math.min(firstMs * 2 ** this.#failures, longestMs);
    this.#failures += 1;
    this.#until = this.#now() + pause * (0.5 + this.#random() / 2);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = 0;
  }
}
