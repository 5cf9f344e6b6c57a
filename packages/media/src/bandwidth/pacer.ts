/** A key frame may leave this much faster than the path is believed to be: the estimate is careful. */
const headroom = 2.5;
/** What may leave at once after a pause, in time and in bytes: small pictures never wait. */
const burstMs = 40;
const leastBurst = 12_000;
/** What waits longer than the queue is long leaves anyway: late is better than never. */
const maxQueued = 1000;

/** A packet that waits, as whoever sends it finds it again. */
export interface Paced {
  readonly bytes: number;
}

/**
 * Spreads the bursts of a viewer's transport over time: a key frame is many packets at once, more than the buffers on
 * the way hold. What fits leaves at once; the rest waits in line.
 */
export class Pacer<T extends Paced> {
  // Whole numbers of 32 bits, which lie in the object itself: it is looked at for every packet of every viewer.
  #bytesPerMs = Math.round((headroom * 1_000_000) / 8000);
  #budget = leastBurst;
  /** The lower 32 bits of the milliseconds. */
  #at = 0;
  /** Packets that wait. */
  #waiting = 0;
  #queue: T[] = [];
  #first = 0;

  get waiting(): number {
    return this.#waiting;
  }

  /** Sets the pace by what the path takes, in bits per second, but no slower than what comes. */
  setBitrate(path: number, comes: number): void {
    this.#bytesPerMs = Math.ceil((Math.max(path, comes) * headroom) / 8000) | 0;
  }

  /** Whether a packet of this size may leave now. Otherwise it has to `wait`. */
  admit(bytes: number, now: number): boolean {
    this.#refill(now);
    if (this.#waiting > 0 || this.#budget <= 0) return false;
    this.#budget -= bytes;
    return true;
  }

  wait(packet: T): void {
    this.#queue.push(packet);
    this.#waiting += 1;
  }

  /** Counts what leaves without asking. */
  charge(bytes: number): void {
    this.#budget -= bytes;
  }

  /** The next packet whose time has come. */
  next(now: number): T | undefined {
    if (this.#waiting === 0) return undefined;
    this.#refill(now);
    if (this.#budget <= 0 && this.#waiting <= maxQueued) return undefined;
    const packet = this.#queue[this.#first];
    this.#first += 1;
    this.#waiting -= 1;
    if (this.#first === this.#queue.length || this.#first > maxQueued) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
    if (packet !== undefined) this.#budget -= packet.bytes;
    return packet;
  }

  #refill(now: number): void {
    const passed = (now - this.#at) | 0;
    if (passed === 0) return;
    this.#at = now | 0;
    if (passed < 0) return;
    const most = Math.max(leastBurst, burstMs * this.#bytesPerMs);
    this.#budget = Math.min(most, this.#budget + passed * this.#bytesPerMs);
  }
}
