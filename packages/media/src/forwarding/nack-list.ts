interface Missing {
  readonly since: number;
  askedAt: number;
  tries: number;
}

/** More than this at once is no loss but an interruption: a key frame is the better remedy. */
const maxMissing = 200;
const maxTries = 8;
const maxAgeMs = 1500;
/** Packets overtake each other: one is missed only after this. */
const patienceMs = 10;

const nothing: readonly number[] = [];

/** Which packets of a source to ask for again, and when. */
export class NackList {
  readonly #missing = new Map<number, Missing>();

  /** Notes a gap before a packet that has just come. False when it is too large to be filled. */
  addGap(from: number, to: number, now: number): boolean {
    if (this.#missing.size + to - from > maxMissing) {
      this.#missing.clear();
      return false;
    }
    for (let sequence = from; sequence < to; sequence += 1) {
      this.#missing.set(sequence, { since: now, askedAt: Number.NEGATIVE_INFINITY, tries: 0 });
    }
    return true;
  }

  /** True when the packet had been missed. */
  remove(sequence: number): boolean {
    return this.#missing.size > 0 && this.#missing.delete(sequence);
  }

  /** The packets before a key frame are not wanted any more. */
  forgetBefore(sequence: number): void {
    if (this.#missing.size === 0) return;
    for (const missed of this.#missing.keys()) if (missed < sequence) this.#missing.delete(missed);
  }

  /** The packets to ask for now, each at most once per round trip. */
  due(now: number, roundTripMs: number): readonly number[] {
    if (this.#missing.size === 0) return nothing;
    const asked: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (missing.tries >= maxTries || now - missing.since > maxAgeMs) {
        this.#missing.delete(sequence);
      } else if (now - missing.since >= patienceMs && now - missing.askedAt >= roundTripMs) {
        missing.askedAt = now;
        missing.tries += 1;
        asked.push(sequence & 0xffff);
      }
    }
    return asked.sort((a, b) => a - b);
  }
}
