/** Packets that leave within this time are one group: what matters is how groups move apart. */
const groupMs = 5;
/** Over which the trend is taken. */
const windowGroups = 20;
/**
 * What comes in closer than it was sent, right after others, has waited for its reader and not on the path: it belongs to
 * the group before. So do viewers read whose machine is busy.
 */
const burstMs = 5;
const longestBurstMs = 100;
/**
 * Milliseconds by which the way becomes longer within the window when a queue grows; more where it is restless
 * (draft-ietf-rmcat-gcc-02, section 5.4).
 */
const overuse = { least: 12, most: 600, up: 0.0087, down: 0.039 };
/** What stands out by more than this is no restlessness. */
const outlierMs = 15;

/** Whether the packets of a path take ever longer, because a queue grows somewhere on it. */
export class DelayTrend {
  /**
   * Of the groups that are complete, ring-wise: how long the quickest packet of each was on its way. The others have
   * waited for those of their own group.
   */
  readonly #delays = new Float64Array(windowGroups);
  #count = 0;
  #next = 0;
  /** Of the group that is not: its first packet, and its last. */
  #beganAt = Number.NEGATIVE_INFINITY;
  #firstArrivedAt = 0;
  #groupSentAt = 0;
  #groupArrivedAt = 0;
  #groupDelay = 0;
  #threshold = overuse.least;
  #judgedAt = 0;

  add(sentAt: number, arrivedAt: number): void {
    if (sentAt - this.#beganAt <= groupMs || this.#isBurst(sentAt, arrivedAt)) {
      this.#groupSentAt = Math.max(this.#groupSentAt, sentAt);
      this.#groupArrivedAt = Math.max(this.#groupArrivedAt, arrivedAt);
      this.#groupDelay = Math.min(this.#groupDelay, arrivedAt - sentAt);
      return;
    }
    if (this.#beganAt > Number.NEGATIVE_INFINITY) {
      this.#delays[this.#next] = this.#groupDelay;
      this.#next = (this.#next + 1) % windowGroups;
      this.#count = Math.min(windowGroups, this.#count + 1);
    }
    this.#beganAt = sentAt;
    this.#firstArrivedAt = arrivedAt;
    this.#groupSentAt = sentAt;
    this.#groupArrivedAt = arrivedAt;
    this.#groupDelay = arrivedAt - sentAt;
  }

  /** Whether a queue grows. */
  isOverused(now: number): boolean {
    const growth = this.#growth();
    const beyond = Math.abs(growth) - this.#threshold;
    const isOverused = growth > this.#threshold;
    const passed = Math.min(100, now - this.#judgedAt);
    this.#judgedAt = now;
    if (beyond <= outlierMs) {
      const moved = this.#threshold + (beyond > 0 ? overuse.up : overuse.down) * beyond * passed;
      this.#threshold = Math.max(overuse.least, Math.min(overuse.most, moved));
    }
    return isOverused;
  }

  /** Forgets all but the group that is under way. */
  clear(): void {
    this.#count = 0;
    this.#next = 0;
  }

  /** By how many milliseconds the way of the newest groups is longer than that of the oldest, by linear regression. */
  #growth(): number {
    if (this.#count < windowGroups) return 0;
    const middle = (windowGroups - 1) / 2;
    let covariance = 0;
    let variance = 0;
    for (let index = 0; index < windowGroups; index += 1) {
      // The oldest is where the next will be written.
      const delay = this.#delays[(this.#next + index) % windowGroups] ?? 0;
      // The distances from the middle add up to nothing, so that the mean of the delays does not matter.
      covariance += (index - middle) * delay;
      variance += (index - middle) ** 2;
    }
    return (covariance / variance) * windowGroups;
  }

  #isBurst(sentAt: number, arrivedAt: number): boolean {
    const later = arrivedAt - this.#groupArrivedAt;
    return (
      later <= burstMs &&
      later < sentAt - this.#groupSentAt &&
      arrivedAt - this.#firstArrivedAt < longestBurstMs
    );
  }
}
