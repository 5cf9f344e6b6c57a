/** Of what the path takes, how much may be packets that are sent once more. */
const share = 0.5;
/** What may be sent at once after a pause, in time and in bytes. */
const burstMs = 200;
const leastBurst = 6000;

/**
 * How much may be sent again. Where a path is full it loses much, and all of it together once more would keep it full: sound
 * would not get through for seconds. Viewers ask again for what they did not get.
 */
export class RepeatBudget {
  #bytes = leastBurst;
  #at = 0;

  /** `bitrate`: bits per second that the path takes. */
  refill(bitrate: number, now: number): void {
    const bytesPerMs = (share * bitrate) / 8000;
    const most = Math.max(leastBurst, burstMs * bytesPerMs);
    this.#bytes = Math.min(most, this.#bytes + Math.max(0, now - this.#at) * bytesPerMs);
    this.#at = now;
  }

  get hasRoom(): boolean {
    return this.#bytes > 0;
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
  }
}
