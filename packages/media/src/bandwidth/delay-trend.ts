/** Packets that leave within this time are one group: what matters is how groups move apart. */
const groupMs = 5;
/** Over which the trend is taken. */
const windowGroups = 20;

/** Whether the packets of a path take ever longer, because a queue grows somewhere on it. */
export class DelayTrend {
  /** Of the groups that are complete, ring-wise. */
  readonly #sentAt = new Float64Array(windowGroups);
  readonly #arrivedAt = new Float64Array(windowGroups);
  #count = 0;
  #next = 0;
  /** Of the group that is not. */
  #groupSentAt = Number.NEGATIVE_INFINITY;
  #groupArrivedAt = 0;

  add(sentAt: number, arrivedAt: number): void {
    if (sentAt - this.#groupSentAt <= groupMs) {
      this.#groupArrivedAt = Math.max(this.#groupArrivedAt, arrivedAt);
      return;
    }
    if (this.#groupSentAt > Number.NEGATIVE_INFINITY) {
      this.#sentAt[this.#next] = this.#groupSentAt;
      this.#arrivedAt[this.#next] = this.#groupArrivedAt;
      this.#next = (this.#next + 1) % windowGroups;
      this.#count = Math.min(windowGroups, this.#count + 1);
    }
    this.#groupSentAt = sentAt;
    this.#groupArrivedAt = arrivedAt;
  }

  /** Forgets all but the group that is under way. */
  clear(): void {
    this.#count = 0;
    this.#next = 0;
  }

  /** By how many milliseconds the way of the newest groups is longer than that of the oldest, by linear regression. */
  growth(): number {
    if (this.#count < windowGroups) return 0;
    const middle = (windowGroups - 1) / 2;
    let covariance = 0;
    let variance = 0;
    for (let index = 0; index < windowGroups; index += 1) {
      // The oldest is where the next will be written.
      const at = (this.#next + index) % windowGroups;
      const delay = (this.#arrivedAt[at] ?? 0) - (this.#sentAt[at] ?? 0);
      // The distances from the middle add up to nothing, so that the mean of the delays does not matter.
      covariance += (index - middle) * delay;
      variance += (index - middle) ** 2;
    }
    return (covariance / variance) * windowGroups;
  }
}
