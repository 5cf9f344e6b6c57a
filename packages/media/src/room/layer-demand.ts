import type { Source } from '../forwarding/source.ts';

/** A layer that nobody takes is turned off after this: who comes back soon finds it running. */
const restAfterMs = 5000;
/** From one on which nothing comes for so long, nothing will. */
const silentMs = 1500;
/** What was turned on again has longer: the publisher has to be told, and its encoder to start. */
const wakeMs = 4000;

/** Whether anybody takes a layer, and so whether its publisher should send it. */
export class LayerDemand {
  readonly source: Source;
  /** Turned off at the publisher. */
  resting = false;
  #takenAt: number;
  #wokenAt = Number.NEGATIVE_INFINITY;
  #bitrate = 0;

  /** With the bitrate that it had, when it is turned off already. */
  constructor(source: Source, now: number, restingBitrate?: number) {
    this.source = source;
    this.#takenAt = now;
    if (restingBitrate === undefined) return;
    this.resting = true;
    this.#bitrate = restingBitrate;
  }

  /** Tells whether somebody takes it now. True when the publisher should be told of a change. */
  update(taken: boolean, now: number): boolean {
    if (taken) {
      this.#takenAt = now;
      if (!this.resting) return false;
      this.resting = false;
      this.#wokenAt = now;
      return true;
    }
    // What does not come by itself says nothing about how large it would be.
    if (this.resting || now - this.#takenAt < restAfterMs || !this.#comes(now)) return false;
    this.#bitrate = this.source.bitrate(now);
    this.resting = true;
    return true;
  }

  /** Whether it can be chosen: it comes, or would if it were taken. */
  isOffered(now: number): boolean {
    return this.resting || this.#comes(now) || now - this.#wokenAt < wakeMs;
  }

  /** Bits per second, also of one that is off. */
  bitrate(now: number): number {
    const measured = this.source.bitrate(now);
    return this.resting || now - this.#wokenAt < wakeMs ? Math.max(measured, this.#bitrate) : measured;
  }

  #comes(now: number): boolean {
    return now - this.source.reception.lastAt < silentMs;
  }
}
