import { RateMeter } from '../forwarding/rate-meter.ts';
import { DelayTrend } from './delay-trend.ts';
import { LossTrend } from './loss-trend.ts';
import type { Prober } from './prober.ts';
import type { Acknowledged } from './send-log.ts';

const startBitrate = 1_000_000;
const minBitrate = 50_000;
const maxBitrate = 20_000_000;
const holdMs = 1000;
/** What was reported longer ago says nothing about now: viewers report about once a second. */
const reportedMs = 2500;
const fading = 0.7;
/** What a viewer believes is never quite still: above this share it has not fallen. */
const restless = 0.9;
/** Of what was sent: as much as would have the estimate fall where there is feedback. */
const muchLost = 0.1;
/**
 * By how much it grows in a second: as long as the path was never full, near the rate at which it was that last, and where
 * it is far from that and has something to catch up with.
 */
const growth = { atFirst: 1.25, careful: 1.08, catchingUp: 1.4 };
/** Near, in shares of that rate: beyond it the path has become another one. */
const near = { from: 0.95, to: 1.1 };

const notProbed = { probedFrom: Number.NEGATIVE_INFINITY, probedUntil: Number.NEGATIVE_INFINITY };

/**
 * What a viewer's path can take: grows while nothing queues and little is lost, and falls below what arrived when
 * the delay grows, or more is lost than the path loses by itself. A small relative of Google congestion control (draft-ietf-rmcat-gcc-02). Where only REMB comes, that
 * is believed.
 */
export class BandwidthEstimator {
  #bitrate = startBitrate;
  readonly #trend = new DelayTrend();
  readonly #loss = new LossTrend();
  #heardAt = 0;
  #fellAt = Number.NEGATIVE_INFINITY;
  #queuedAt = Number.NEGATIVE_INFINITY;
  /** Bits per second that came through when the path was full for the last time. */
  #limit: number | undefined;
  #hasFeedback = false;
  /** That the viewer believed in since it fell for the last time, where that is all it tells. */
  #highest = startBitrate;
  /** Of what was sent, by the reports of a viewer that gives no feedback: the worst lately. */
  readonly #reported = { lost: 0, at: Number.NEGATIVE_INFINITY };
  readonly #acknowledged = new RateMeter();
  readonly #sent = new RateMeter();

  /** Bits per second. */
  get bitrate(): number {
    return Math.round(this.#bitrate);
  }

  /** When it fell for the last time, by our clock; and when because a queue grew. */
  get fellAt(): number {
    return this.#fellAt;
  }

  get queuedAt(): number {
    return this.#queuedAt;
  }

  /** Whether the viewer tells what comes, so that probes find out what the path takes. */
  get hasFeedback(): boolean {
    return this.#hasFeedback;
  }

  /** The share of what was sent that has come, over the last second, or as the viewer has reported lately: 0 to 1. */
  delivered(now: number): number {
    if (!this.#hasFeedback) return now - this.#reported.at < reportedMs ? 1 - this.#reported.lost : 1;
    const sent = this.#sent.bitrate(now);
    return sent === 0 ? 1 : this.#acknowledged.bitrate(now) / sent;
  }

  onReceiverEstimate(bitrate: number, now: number): void {
    if (this.#hasFeedback) return;
    if (bitrate < restless * this.#highest) {
      this.#fellAt = now;
      this.#queuedAt = now;
      this.#highest = bitrate;
    } else this.#highest = Math.max(this.#highest, bitrate);
    this.#set(bitrate);
  }

  /** A viewer has reported that it lost this share, 0 to 1, of what it lost most of. */
  onReport(lost: number, now: number): void {
    if (this.#hasFeedback) return;
    if (lost > muchLost) this.#fellAt = now;
    // They may be reported each by itself, too.
    Object.assign(this.#reported, { lost: Math.max(lost, fading * this.#reported.lost), at: now });
  }

  /** A probe has arrived at this bitrate. */
  onProbe(bitrate: number, now: number): void {
    if (now - this.#fellAt >= holdMs && bitrate > this.#bitrate) this.#set(bitrate);
  }

  /** Bits per second that were sent, over the last second, as far as it was told what became of them. */
  sent(now: number): number {
    return this.#sent.bitrate(now);
  }

  /** `probe`: when one was sent, whose queue and losses are its own. */
  onFeedback(
    { count, sentAt, bytes, arrivedAt }: Acknowledged,
    now: number,
    { probedFrom, probedUntil }: Pick<Prober, 'probedFrom' | 'probedUntil'> = notProbed,
  ): void {
    if (count === 0) return;
    this.#hasFeedback = true;
    const passed = Math.min(1000, now - this.#heardAt);
    this.#heardAt = now;
    let arrived = 0;
    let sent = 0;
    for (let index = 0; index < count; index += 1) {
      const at = arrivedAt[index] ?? -1;
      const left = sentAt[index] ?? 0;
      const isProbed = left >= probedFrom && left < probedUntil;
      if (!isProbed) this.#loss.add(at < 0, bytes[index] ?? 0);
      sent += bytes[index] ?? 0;
      if (at < 0) continue;
      arrived += bytes[index] ?? 0;
      if (!isProbed) this.#trend.add(left, at);
    }
    this.#sent.add(sent, now);
    if (arrived > 0) this.#acknowledged.add(arrived, now);
    const delivered = this.#acknowledged.bitrate(now);
    const loss = this.#loss.judge(now);
    if (this.#trend.isOverused(now)) {
      this.#queuedAt = now;
      this.#full(delivered, now);
    } else if (loss === 'too much') {
      this.#full(delivered, now);
      this.#loss.sendsLess(this.#bitrate, now);
    } else if (loss === 'little') this.#grow(delivered, passed, now);
  }

  #grow(delivered: number, passed: number, now: number): void {
    if (now - this.#fellAt < holdMs) return;
    // Nothing is learned about rates far beyond what is sent: that is for probes.
    const known = 1.5 * delivered + 100_000;
    const ceiling = this.#fellAt < 0 ? Math.max(startBitrate, known) : known;
    if (this.#bitrate >= ceiling) return;
    this.#set(Math.min(ceiling, this.#bitrate * this.#growth() ** (passed / 1000)));
  }

  #growth(): number {
    if (this.#limit === undefined) return growth.atFirst;
    const share = this.#bitrate / this.#limit;
    return share > near.from && share < near.to ? growth.careful : growth.catchingUp;
  }

  #full(delivered: number, now: number): void {
    this.#limit = delivered;
    if (now - this.#fellAt < holdMs / 4) return;
    this.#fellAt = now;
    this.#trend.clear();
    this.#set(Math.min(this.#bitrate, 0.85 * delivered));
  }

  #set(bitrate: number): void {
    this.#bitrate = Math.max(minBitrate, Math.min(maxBitrate, bitrate));
  }
}
