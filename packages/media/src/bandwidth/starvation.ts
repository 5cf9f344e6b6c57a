/**
 * A path takes too little when even the first picture in its smallest layer, with the sound, needs this much more than it
 * is believed to take. Where no queue grows, it may just as well be radio that loses its share of whatever is sent.
 */
const tooMuch = { queued: 1.5, lost: 2.2 };
/** Of what was sent, less than this has come: a viewer whose machine is busy gets all of it, though late. */
const tooLittle = 0.85;
/** For so long the picture goes on: estimates err, and layers become smaller. */
const patienceMs = 5000;
/** What was noticed longer ago than this may be over. */
const latelyMs = 2500;
const firstPauseMs = 2000;
const longestPauseMs = 60_000;
/** A picture that has to go again within this time came back too early. */
const provenMs = 30_000;

/** What a path is asked to take, and what it is believed to: bits per second. */
export interface Strain {
  readonly needed: number;
  readonly bitrate: number;
  /** When the estimate fell for the last time, and when because a queue grew. */
  readonly fellAt: number;
  readonly queuedAt: number;
  /** The share of what was sent that has come lately. */
  readonly delivered: number;
}

/**
 * Whether a path takes so little that it is better without any picture: one that does not get through takes the sound
 * with it. What comes back too early stays away longer the next time.
 */
export class Starvation {
  #since: number | undefined;
  #pausedAt: number | undefined;
  #resumedAt = Number.NEGATIVE_INFINITY;
  #pauseMs = firstPauseMs;

  /** The first picture has to do without: `until` there is room, or for some time in any case. */
  at(now: number): 'no' | 'until there is room' | 'for a time' {
    if (this.#pausedAt === undefined) return 'no';
    return now - this.#pausedAt < this.#pauseMs ? 'for a time' : 'until there is room';
  }

  /** The first picture is shown, and this is what it needs. */
  shows({ needed, bitrate, fellAt, queuedAt, delivered }: Strain, now: number): void {
    if (this.#pausedAt !== undefined) {
      this.#pausedAt = undefined;
      this.#resumedAt = now;
    }
    const factor = now - queuedAt < latelyMs ? tooMuch.queued : tooMuch.lost;
    if (needed <= factor * bitrate || delivered > tooLittle) {
      this.#since = undefined;
      return;
    }
    this.#since ??= now;
    if (now - this.#since < patienceMs || now - fellAt > latelyMs) return;
    this.#pauseMs =
      now - this.#resumedAt < provenMs ? Math.min(longestPauseMs, 2 * this.#pauseMs) : firstPauseMs;
    this.#pausedAt = now;
    this.#since = undefined;
  }

  /** There is no first picture, or nothing is sent of it. */
  showsNothing(): void {
    this.#since = undefined;
  }
}
