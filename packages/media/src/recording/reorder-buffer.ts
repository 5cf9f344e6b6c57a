/** A packet of a stream, in the order of its numbers. */
export interface Numbered {
  /** Counted on beyond 16 bits. */
  readonly sequence: number;
  /** Milliseconds of our clock. */
  readonly receivedAt: number;
}

/** For so long a missing packet is waited for: it may have been asked for again, more than once. */
const patienceMs = 1000;
/** More than this never waits, however quickly it comes. */
const mostWaiting = 2048;

/**
 * Brings packets into order: what is missing is waited for a while, then given up. Repetitions, and what comes after it was
 * given up, are dropped.
 *
 * @example
 * const buffer = new ReorderBuffer<Numbered>((packet, lost) => console.log(packet.sequence, lost));
 * buffer.push({ sequence: 1, receivedAt: 0 });
 * buffer.push({ sequence: 3, receivedAt: 1 });
 * buffer.release(2000); // 3, after one that was lost
 */
export class ReorderBuffer<Packet extends Numbered> {
  readonly #emit: (packet: Packet, lost: number) => void;
  readonly #waiting = new Map<number, Packet>();
  #next: number | undefined;

  /** `lost` packets before this one have not come. */
  constructor(emit: (packet: Packet, lost: number) => void) {
    this.#emit = emit;
  }

  push(packet: Packet): void {
    this.#next ??= packet.sequence;
    if (packet.sequence < this.#next || this.#waiting.has(packet.sequence)) return;
    this.#waiting.set(packet.sequence, packet);
    this.#emitReady(0);
    if (this.#waiting.size > mostWaiting) this.#skip();
  }

  /** Gives up what has been waited for long enough. */
  release(now: number): void {
    while (this.#waiting.size > 0) {
      let oldest = Number.POSITIVE_INFINITY;
      for (const { receivedAt } of this.#waiting.values()) oldest = Math.min(oldest, receivedAt);
      if (now - oldest < patienceMs) return;
      this.#skip();
    }
  }

  /** Emits all there is: nothing more will come. */
  flush(): void {
    while (this.#waiting.size > 0) this.#skip();
  }

  #skip(): void {
    if (this.#next === undefined || this.#waiting.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const sequence of this.#waiting.keys()) first = Math.min(first, sequence);
    const lost = first - this.#next;
    this.#next = first;
    this.#emitReady(lost);
  }

  #emitReady(lostBefore: number): void {
    let lost = lostBefore;
    for (;;) {
      if (this.#next === undefined) return;
      const packet = this.#waiting.get(this.#next);
      if (packet === undefined) return;
      this.#waiting.delete(this.#next);
      this.#next += 1;
      this.#emit(packet, lost);
      lost = 0;
    }
  }
}
