/** A key frame may leave this much faster than the path is believed to be: the estimate is careful. */
const headroom = 2.5;
/** What may leave at once after a pause, in time and in bytes: small pictures never wait. */
const burstMs = 20;
const leastBurst = 12_000;
/** What waits longer than the queue is long leaves anyway: late is better than never. */
const maxQueued = 1000;

/**
 * Spreads the bursts of a viewer's transport over time: a key frame is many packets at once, more than the buffers on
 * the way hold. What fits leaves at once; of the rest a copy waits.
 */
export class Pacer {
  #bytesPerMs = (headroom * 1_000_000) / 8000;
  #budget = leastBurst;
  #at = 0;
  #queue: Buffer[] = [];
  #first = 0;

  /** Packets that wait. */
  get waiting(): number {
    return this.#queue.length - this.#first;
  }

  /** Sets the pace by what the path takes, in bits per second, but no slower than what comes. */
  setBitrate(path: number, comes: number): void {
    this.#bytesPerMs = (Math.max(path, comes) * headroom) / 8000;
  }

  /** Whether the packet may leave now. Otherwise it waits, in a copy. */
  admit(packet: Buffer, now: number): boolean {
    this.#refill(now);
    if (this.waiting === 0 && this.#budget > 0) {
      this.#budget -= packet.length;
      return true;
    }
    this.#queue.push(Buffer.from(packet));
    return false;
  }

  /** Counts what leaves without asking. */
  charge(bytes: number): void {
    this.#budget -= bytes;
  }

  /** The next packet whose time has come. */
  next(now: number): Buffer | undefined {
    if (this.waiting === 0) return undefined;
    this.#refill(now);
    if (this.#budget <= 0 && this.waiting <= maxQueued) return undefined;
    const packet = this.#queue[this.#first];
    this.#first += 1;
    if (this.#first === this.#queue.length || this.#first > maxQueued) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
    if (packet !== undefined) this.#budget -= packet.length;
    return packet;
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    const most = Math.max(leastBurst, burstMs * this.#bytesPerMs);
    this.#budget = Math.min(most, this.#budget + (now - this.#at) * this.#bytesPerMs);
    this.#at = now;
  }
}
