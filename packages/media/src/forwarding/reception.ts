import type { ReportBlock, SenderReport } from '../rtcp/messages.ts';
import { middleBits } from '../rtcp/ntp.ts';

/** Statistics of a source as RFC 3550 counts them (appendix A.3 and A.8). */
export class Reception {
  packets = 0;
  bytes = 0;
  /** When the newest packet came, in milliseconds of our clock. */
  lastAt = Number.NEGATIVE_INFINITY;
  /** Extended; `undefined` before the first packet. */
  highest: number | undefined;
  /** In ticks. */
  jitter = 0;
  senderReport: SenderReport | undefined;
  senderReportAt = 0;

  #first = 0;
  #transit: number | undefined;
  #reportedExpected = 0;
  #reportedPackets = 0;

  /** `again` marks what came by retransmission, which says nothing about jitter. */
  add(
    sequence: number,
    timestamp: number,
    bytes: number,
    clockRate: number,
    now: number,
    again: boolean,
  ): void {
    if (this.highest === undefined) this.#first = sequence;
    this.highest = Math.max(this.highest ?? sequence, sequence);
    this.packets += 1;
    this.bytes += bytes;
    this.lastAt = now;
    if (again) return;
    const transit = Math.round((now * clockRate) / 1000) - timestamp;
    if (this.#transit !== undefined) {
      const difference = Math.abs((transit - this.#transit) | 0);
      this.jitter += (difference - this.jitter) / 16;
    }
    this.#transit = transit;
  }

  addSenderReport(report: SenderReport, now: number): void {
    this.senderReport = report;
    this.senderReportAt = now;
  }

  get lost(): number {
    return this.#expected - this.packets;
  }

  /** What to tell the sender; the fraction counts from the report before. */
  report(ssrc: number, now: number): ReportBlock {
    const expected = this.#expected - this.#reportedExpected;
    const received = this.packets - this.#reportedPackets;
    this.#reportedExpected += expected;
    this.#reportedPackets += received;
    const { senderReport } = this;
    return {
      ssrc,
      fractionLost: expected <= 0 ? 0 : Math.max(0, (expected - received) / expected),
      totalLost: this.lost,
      highestSequence: (this.highest ?? 0) >>> 0,
      jitter: Math.round(this.jitter) >>> 0,
      lastReport: senderReport === undefined ? 0 : middleBits(senderReport.ntpMs),
      delaySinceLastReport:
        senderReport === undefined ? 0 : Math.round(((now - this.senderReportAt) / 1000) * 65_536),
    };
  }

  get #expected(): number {
    return this.highest === undefined ? 0 : this.highest - this.#first + 1;
  }
}
