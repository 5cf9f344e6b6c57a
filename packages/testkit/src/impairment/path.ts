/** What a network does to the packets of one direction. What is left out does nothing. */
export interface Conditions {
  /** Share of the packets that are lost, from 0 to 1. */
  readonly loss?: number;
  readonly delayMs?: number;
  /** On top of the delay, up to this much, another for every packet. Packets do not overtake each other. */
  readonly jitterMs?: number;
  /** Bits per second, of datagrams with what UDP and IP add to them. */
  readonly bitrate?: number;
  /** What would wait longer than this before the bottleneck is lost; 300 when not given. */
  readonly queueMs?: number;
  /** Nothing passes. */
  readonly isCut?: boolean;
}

/** Headers of IPv4 and UDP. */
const headerBytes = 28;
const usualQueueMs = 300;

/** When each packet of one direction arrives, if it does: the same for the same seed, packets and times. */
export class Path {
  conditions: Conditions = {};
  #random: number;
  /** When the bottleneck has sent all that it has taken. */
  #freeAt = 0;
  #lastAt = 0;

  constructor(seed: number) {
    this.#random = seed | 0;
  }

  /** Milliseconds at which a packet arrives that is sent now; undefined when it is lost. */
  arrival(bytes: number, now: number): number | undefined {
    const { loss = 0, delayMs = 0, jitterMs = 0, bitrate, queueMs = usualQueueMs, isCut } = this.conditions;
    const isLost = this.#next() < loss;
    const jitter = this.#next() * jitterMs;
    if (isCut || isLost) return undefined;
    if (bitrate === undefined) {
      this.#freeAt = now;
    } else {
      if (this.#freeAt - now > queueMs) return undefined;
      this.#freeAt = Math.max(this.#freeAt, now) + ((bytes + headerBytes) * 8000) / bitrate;
    }
    this.#lastAt = Math.max(this.#lastAt, this.#freeAt + delayMs + jitter);
    return this.#lastAt;
  }

  /** From 0 to below 1: mulberry32. */
  #next(): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
