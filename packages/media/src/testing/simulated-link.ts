/** A path of one direction with a bottleneck and a queue before it, in simulated milliseconds. */
export class SimulatedLink {
  /** Bits per second; may change on the way. */
  capacity: number;
  readonly #delayMs: number;
  readonly #queueMs: number;
  readonly #lossEvery: number;
  readonly #jitterMs: number;
  readonly #stalls: { readonly everyMs: number; readonly longestMs: number } | undefined;
  #freeAt = 0;
  #count = 0;

  constructor(options: {
    readonly capacity: number;
    readonly delayMs?: number;
    readonly queueMs?: number;
    /** Every so manieth packet is lost; never by default. */
    readonly lossEvery?: number;
    readonly jitterMs?: number;
    /** As often the receiver does nothing for a while, and then finds all at once that has come. */
    readonly stalls?: { readonly everyMs: number; readonly longestMs: number };
  }) {
    this.capacity = options.capacity;
    this.#delayMs = options.delayMs ?? 20;
    this.#queueMs = options.queueMs ?? 300;
    this.#lossEvery = options.lossEvery ?? Number.POSITIVE_INFINITY;
    this.#jitterMs = options.jitterMs ?? 0;
    this.#stalls = options.stalls;
  }

  /** When a packet that is sent now arrives; -1 when it does not. */
  send(bytes: number, now: number): number {
    this.#count += 1;
    const start = Math.max(now, this.#freeAt);
    if (start - now > this.#queueMs || this.#count % this.#lossEvery === 0) return -1;
    this.#freeAt = start + (bytes * 8000) / this.capacity;
    // Of no use as a random number, but as a course of delays.
    const jitter = this.#jitterMs * Math.abs(Math.sin(this.#count * 12.9898));
    return this.#read(this.#freeAt + this.#delayMs + jitter);
  }

  #read(arrivedAt: number): number {
    if (this.#stalls === undefined) return arrivedAt;
    const { everyMs, longestMs } = this.#stalls;
    const turn = Math.floor(arrivedAt / everyMs);
    return Math.max(arrivedAt, turn * everyMs + longestMs * Math.abs(Math.sin(turn * 78.233)));
  }
}
