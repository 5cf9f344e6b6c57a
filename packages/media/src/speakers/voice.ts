/** Loudness is from 0 (silence) to 1 (0 dBov), linear in decibels. */
const talksAbove = 0.64;
const silentBelow = 0.6;
/** A click is no word. */
const beginAfterMs = 200;
/** Pauses between words are no silence. */
const endAfterMs = 1000;

/** The loudness that an audio level of RFC 6464 stands for: 0 (loudest) to 127 (silence), or -1 for none. */
export function loudnessOf(level: number): number {
  return level < 0 ? 0 : (127 - level) / 127;
}

/** Whether somebody talks: begins after a moment of sound, and ends after a longer one of silence. */
export class Voice {
  talking = false;
  /** Follows the peaks, quicker up than down. */
  loudness = 0;
  /** When it was loud last, in milliseconds. */
  talkedAt = Number.NEGATIVE_INFINITY;

  #loudSince: number | undefined;

  /** Takes the loudest that was heard since the last call. True when talking has begun or ended. */
  hear(peak: number, now: number): boolean {
    this.loudness += (peak - this.loudness) * (peak > this.loudness ? 0.5 : 0.2);
    if (peak >= talksAbove) this.#loudSince ??= now;
    else if (peak < silentBelow) this.#loudSince = undefined;
    if (this.#loudSince !== undefined) {
      if (this.talking || now - this.#loudSince >= beginAfterMs) this.talkedAt = now;
    }
    const talking = now - this.talkedAt < endAfterMs;
    const changed = talking !== this.talking;
    this.talking = talking;
    return changed;
  }
}
