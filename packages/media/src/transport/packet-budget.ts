/** What one client may send in a second; a burst of a second may come at once. Browsers send a tenth of it at the most. */
export const packetsPerSecond = { rtp: 8000, rtcp: 500 } as const;

/** How many packets are taken from one client: beyond that they are dropped unread, and cost nobody else anything. */
export class PacketBudget {
  /** Packets that were dropped. */
  dropped = 0;
  readonly #perSecond: number;
  #left: number;
  #at = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /** Whether a packet that comes now is taken; `now` in milliseconds. */
  take(now: number): boolean {
    const passed = Math.max(0, now - this.#at);
    if (passed > 0) {
      this.#left = Math.min(this.#perSecond, this.#left + (passed * this.#perSecond) / 1000);
      this.#at = now;
    }
    if (this.#left < 1) {
      this.dropped += 1;
      return false;
    }
    this.#left -= 1;
    return true;
  }
}
