import { RateMeter } from '../forwarding/rate-meter.ts';
import type { Acknowledged } from './send-log.ts';

const startBitrate = 1_000_000;
const minBitrate = 50_000;
const maxBitrate = 20_000_000;
/** Packets that leave within this time are one group: what matters is how groups move apart. */
const groupMs = 5;
const windowGroups = 20;
/** Of a queue that grows, in milliseconds per group window. */
const overuseMs = 12;
const holdMs = 1000;
/** Packets over which loss is counted: of fewer, one says too much. */
const lossWindow = 20;

interface Group {
  sentAt: number;
  arrivedAt: number;
}

/**
 * What a viewer's path can take: grows while nothing queues and little is lost, and falls below what arrived when
 * the delay grows. A small relative of Google congestion control (draft-ietf-rmcat-gcc-02). Where only REMB comes, that
 * is believed.
 */
export class BandwidthEstimator {
  #bitrate = startBitrate;
  #groups: Group[] = [];
  #group: Group | undefined;
  #grewAt = 0;
  #fellAt = Number.NEGATIVE_INFINITY;
  #hasFeedback = false;
  #lossRate = 0;
  #lost = 0;
  #counted = 0;
  readonly #acknowledged = new RateMeter();

  /** Bits per second. */
  get bitrate(): number {
    return Math.round(this.#bitrate);
  }

  onReceiverEstimate(bitrate: number): void {
    if (!this.#hasFeedback) this.#set(bitrate);
  }

  /** A probe has arrived at this bitrate. */
  onProbe(bitrate: number, now: number): void {
    if (now - this.#fellAt >= holdMs && bitrate > this.#bitrate) this.#set(bitrate);
  }

  onFeedback(packets: readonly Acknowledged[], now: number): void {
    if (packets.length === 0) return;
    this.#hasFeedback = true;
    for (const packet of packets) {
      this.#countLoss(packet.arrivedAt < 0);
      if (packet.arrivedAt < 0) continue;
      this.#acknowledged.add(packet.bytes, now);
      this.#addToGroup(packet);
    }
    const delivered = this.#acknowledged.bitrate(now);
    const lossRate = this.#lossRate;
    if (this.#queueGrowth() > overuseMs) this.#fall(0.85 * delivered, now);
    else if (lossRate > 0.1) this.#fall(this.#bitrate * (1 - lossRate / 2), now);
    else if (lossRate < 0.02) this.#grow(delivered, now);
  }

  #countLoss(isLost: boolean): void {
    this.#counted += 1;
    if (isLost) this.#lost += 1;
    if (this.#counted < lossWindow) return;
    this.#lossRate = this.#lost / this.#counted;
    this.#counted = 0;
    this.#lost = 0;
  }

  #addToGroup({ sentAt, arrivedAt }: Acknowledged): void {
    const group = this.#group;
    if (group !== undefined && sentAt - group.sentAt <= groupMs) {
      group.arrivedAt = Math.max(group.arrivedAt, arrivedAt);
      return;
    }
    if (group !== undefined) this.#groups.push(group);
    if (this.#groups.length > windowGroups) this.#groups.shift();
    this.#group = { sentAt, arrivedAt };
  }

  /** By how much the way of the newest groups is longer than that of the oldest, by linear regression. */
  #queueGrowth(): number {
    const groups = this.#groups;
    const first = groups[0];
    if (first === undefined || groups.length < windowGroups) return 0;
    const middle = (groups.length - 1) / 2;
    let covariance = 0;
    let variance = 0;
    for (let index = 0; index < groups.length; index += 1) {
      const { sentAt = 0, arrivedAt = 0 } = groups[index] ?? {};
      const delay = arrivedAt - first.arrivedAt - (sentAt - first.sentAt);
      // The distances from the middle add up to nothing, so that the mean of the delays does not matter.
      covariance += (index - middle) * delay;
      variance += (index - middle) ** 2;
    }
    return (covariance / variance) * groups.length;
  }

  #grow(delivered: number, now: number): void {
    const passed = Math.min(1000, now - this.#grewAt);
    this.#grewAt = now;
    if (now - this.#fellAt < holdMs) return;
    // Nothing is learned about rates far beyond what is sent: that is for probes.
    const known = 1.5 * delivered + 100_000;
    const ceiling = this.#fellAt < 0 ? Math.max(startBitrate, known) : known;
    if (this.#bitrate < ceiling) this.#set(Math.min(ceiling, this.#bitrate * 1.25 ** (passed / 1000)));
  }

  #fall(to: number, now: number): void {
    if (now - this.#fellAt < holdMs / 4) return;
    this.#fellAt = now;
    this.#groups = [];
    if (to < this.#bitrate) this.#set(to);
  }

  #set(bitrate: number): void {
    this.#bitrate = Math.max(minBitrate, Math.min(maxBitrate, bitrate));
  }
}
