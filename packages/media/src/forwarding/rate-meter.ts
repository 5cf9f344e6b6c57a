const bucketMs = 100;
const buckets = 10;

/** Bits per second over the last second. */
export class RateMeter {
  readonly #bytes = new Float64Array(buckets);
  #sum = 0;
  #newest = 0;

  add(bytes: number, now: number): void {
    this.#advance(now);
    const index = this.#newest % buckets;
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes;
    this.#sum += bytes;
  }

  bitrate(now: number): number {
    this.#advance(now);
    return (this.#sum * 8 * 1000) / (bucketMs * buckets);
  }

  #advance(now: number): void {
    const bucket = Math.floor(now / bucketMs);
    const steps = Math.min(buckets, bucket - this.#newest);
    for (let step = 1; step <= steps; step += 1) {
      const index = (bucket - steps + step) % buckets;
      this.#sum -= this.#bytes[index] ?? 0;
      this.#bytes[index] = 0;
    }
    if (steps > 0) this.#newest = bucket;
  }
}
