import type { Acknowledged } from './send-log.ts';

const probeMs = 100;
/** When all that will be told of a probe has been told. */
const patienceMs = 600;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** A step that the path may take or not, without much harm. */
const step = 2;
/** Of its bitrate: what is sent beside it comes and goes. */
const leastPadding = 0.3;
const mostLost = 0.25;
/** Until a queue that a probe has made is gone. */
const afterMs = 600;

interface Probe {
  readonly rate: number;
  /** How much of it is padding. */
  readonly padding: number;
  readonly startedAt: number;
  sentAt: number;
  bytes: number;
  lost: number;
  packets: number;
  first: number;
  last: number;
}

/**
 * Finds out whether a path takes more than what is sent: sends faster for a tenth of a second, and looks how fast that
 * arrives. Only when somebody would see better for it, and more and more seldom when it does not succeed.
 */
export class Prober {
  /** What would be sent if the path took it, in bits per second. */
  wanted = 0;
  /** What is sent within this time waits for a probe, and says nothing about what the path takes without. */
  probedFrom = Number.NEGATIVE_INFINITY;
  probedUntil = Number.NEGATIVE_INFINITY;
  #probe: Probe | undefined;
  #pauseMs = firstPauseMs;
  #nextAt = 0;

  /** Bytes of padding to send now, beside what is `sent`, in bits per second. Call it about every 20 ms. */
  due(now: number, estimate: number, sent: number): number {
    if (this.#probe === undefined) {
      if (this.wanted <= estimate || now < this.#nextAt) return 0;
      const rate = Math.min(this.wanted, step * estimate);
      this.#probe = newProbe(rate, Math.max(leastPadding * rate, rate - sent), now);
      this.probedFrom = now;
      this.probedUntil = now + probeMs + afterMs;
    }
    const probe = this.#probe;
    if (now - probe.startedAt > probeMs) return 0;
    const bytes = Math.round(((now - probe.sentAt) * probe.padding) / 8000);
    probe.sentAt = now;
    return bytes;
  }

  /** Takes feedback, and answers the bitrate that was found when a probe is over and has succeeded. */
  onFeedback({ count, sentAt, bytes, arrivedAt }: Acknowledged, now: number): number | undefined {
    const probe = this.#probe;
    if (probe === undefined) return undefined;
    for (let index = 0; index < count; index += 1) {
      const at = sentAt[index] ?? 0;
      const arrival = arrivedAt[index] ?? -1;
      if (at < probe.startedAt || at > probe.sentAt) continue;
      probe.packets += 1;
      if (arrival < 0) {
        probe.lost += 1;
        continue;
      }
      probe.bytes += bytes[index] ?? 0;
      probe.first = Math.min(probe.first, arrival);
      probe.last = Math.max(probe.last, arrival);
    }
    if (now - probe.startedAt < probeMs + patienceMs) return undefined;
    this.#probe = undefined;
    const found = resultOf(probe);
    this.#pauseMs = found === undefined ? Math.min(longestPauseMs, 2 * this.#pauseMs) : firstPauseMs;
    this.#nextAt = now + this.#pauseMs;
    return found;
  }
}

function newProbe(rate: number, padding: number, now: number): Probe {
  const nothing = { bytes: 0, lost: 0, packets: 0 };
  return {
    rate,
    padding,
    startedAt: now,
    // The first share leaves at once.
    sentAt: now - probeMs / 5,
    ...nothing,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
  };
}

/** The bitrate at which it arrived, if that is about as fast as it was sent. */
function resultOf({ rate, bytes, lost, packets, first, last, startedAt, sentAt }: Probe): number | undefined {
  // What a path loses by itself is no sign that it is full: how fast the rest arrives tells.
  if (packets < 5 || lost > mostLost * packets) return undefined;
  // What was sent in one moment may arrive in another that is a little longer.
  const span = Math.max(last - first, sentAt - startedAt + probeMs / 5);
  const found = (bytes * 8000) / span;
  return found < 0.7 * rate ? undefined : Math.min(found, rate);
}
