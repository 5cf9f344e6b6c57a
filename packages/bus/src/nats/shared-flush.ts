/**
 * Lets everybody who asks while one round trip is under way share the next one: thousands of subscriptions made at
 * once cost a few pings.
 */
export class SharedFlush {
  readonly #flush: () => Promise<void>;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** `flush` makes one round trip; it is never called while one is under way. */
  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /** Resolves when the server has taken everything that was sent before this call. */
  request(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const trip = this.#running.then(() => {
      this.#next = undefined;
      return this.#flush();
    });
    this.#next = trip;
    this.#running = trip.catch(() => {});
    return trip;
  }
}
