export interface TokenBucketsOptions {
  /** Takes that are allowed at once; a bucket never holds more. */
  readonly capacity: number;
  /** Milliseconds in which an empty bucket fills up again. */
  readonly fillMs: number;
  /** Milliseconds; need not be the time of day. */
  readonly now: () => number;
  /** Buckets kept at the most; beyond that, the ones not used lately are forgotten. */
  readonly maxKeys?: number;
}

/** Milliseconds below which a rounding error is not taken for a wait. */
const tolerance = 1e-6;

/**
 * A token-bucket rate limiter by key. All that is kept of a bucket is when it will be full again (the "theoretical
 * arrival time" of GCRA, ITU-T I.371). There are no timers: buckets are kept in two generations, and since one that
 * was not touched for `fillMs` is full, forgetting the older generation every `fillMs` changes no answer. Memory is
 * bounded by `maxKeys`.
 */
export class TokenBuckets {
  /** Milliseconds in which one token comes back. */
  readonly #tokenMs: number;
  readonly #fillMs: number;
  readonly #now: () => number;
  readonly #maxKeys: number;
  #recent = new Map<string | number, number>();
  #older = new Map<string | number, number>();
  #rotatedAt: number;

  constructor({ capacity, fillMs, now, maxKeys = 100_000 }: TokenBucketsOptions) {
    this.#tokenMs = fillMs / capacity;
    this.#fillMs = fillMs;
    this.#now = now;
    this.#maxKeys = maxKeys;
    this.#rotatedAt = now();
  }

  /** Number of buckets in memory. */
  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  /** Takes one token: 0 when there was one, otherwise the milliseconds until there is (and nothing is taken). */
  take(key: string | number): number {
    const now = this.#now();
    this.#forgetOld(now);
    const fullAt = this.#fullAt(key, now);
    const delay = this.#delay(fullAt, now);
    if (delay === 0) this.#recent.set(key, fullAt + this.#tokenMs);
    return delay;
  }

  /** What `take` would answer, without taking. */
  delay(key: string | number): number {
    const now = this.#now();
    this.#forgetOld(now);
    return this.#delay(this.#fullAt(key, now), now);
  }

  #fullAt(key: string | number, now: number): number {
    return Math.max(now, this.#recent.get(key) ?? this.#older.get(key) ?? now);
  }

  #delay(fullAt: number, now: number): number {
    const wait = fullAt + this.#tokenMs - this.#fillMs - now;
    return wait > tolerance ? Math.ceil(wait) : 0;
  }

  #forgetOld(now: number): void {
    // After the clock was set back, nothing that is remembered means anything.
    if (now < this.#rotatedAt) this.#recent.clear();
    else if (now - this.#rotatedAt < this.#fillMs && this.#recent.size < this.#maxKeys / 2) return;
    this.#older = this.#recent;
    this.#recent = new Map();
    this.#rotatedAt = now;
  }
}
