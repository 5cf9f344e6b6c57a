import type { SenderReport } from '../rtcp/messages.ts';

/** Per report: how fast the offset may grow again, after a report that was quicker than the path is now. */
const driftMs = 0.5;

/**
 * How the clock of a publisher relates to ours: all its streams share it, which is what keeps lips and voice together.
 * The quickest report is the best witness.
 */
export class SenderClock {
  #offset: number | undefined;

  add(report: SenderReport, now: number): void {
    const offset = now - report.ntpMs;
    this.#offset = this.#offset === undefined ? offset : Math.min(offset, this.#offset + driftMs);
  }

  /** A moment of the publisher's clock in milliseconds of ours. */
  toOurs(ntpMs: number): number | undefined {
    return this.#offset === undefined ? undefined : ntpMs + this.#offset;
  }
}
