import type { ReportBlock } from '../rtcp/messages.ts';
import { middleBits, ntpFromUnix } from '../rtcp/ntp.ts';

/** Longer ones are of a clock that was set anew. */
const longestMs = 30_000;

/** How long it takes to the other side and back, by its reports on ours (RFC 3550, section 6.4.1). */
export class RoundTrip {
  #least: number | undefined;

  add({ lastReport, delaySinceLastReport }: ReportBlock, now: number): void {
    if (lastReport === 0) return;
    const units = (middleBits(ntpFromUnix(now)) - lastReport - delaySinceLastReport) >>> 0;
    const ms = (units * 1000) / 65_536;
    if (ms < longestMs) this.#least = Math.min(this.#least ?? ms, ms);
  }

  /** Milliseconds, the least since the last call; `undefined` when nothing was told. */
  take(): number | undefined {
    const least = this.#least;
    this.#least = undefined;
    return least;
  }
}
