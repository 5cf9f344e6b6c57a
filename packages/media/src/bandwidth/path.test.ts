import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AcknowledgedPacket, acknowledged } from '../testing/acknowledged.ts';
import { SimulatedLink } from '../testing/simulated-link.ts';
import { BandwidthEstimator } from './estimator.ts';
import { Prober } from './prober.ts';

const tickMs = 20;
const feedbackMs = 100;

/** A sender over a simulated path, whose estimate and probes decide how much it sends. */
class Path {
  readonly estimator = new BandwidthEstimator();
  readonly prober = new Prober();
  readonly link: SimulatedLink;
  readonly #packetBytes: number;
  #now = 0;
  #owed = 0;
  #underway: AcknowledgedPacket[] = [];
  #toldAt = 0;

  constructor(link: SimulatedLink, { packetBytes = 1100 } = {}) {
    this.link = link;
    this.#packetBytes = packetBytes;
  }

  /** Lets time pass in which media of at most this bitrate are sent. Answers the highest estimate. */
  run(seconds: number, media: number): number {
    let highest = 0;
    for (const end = this.#now + seconds * 1000; this.#now < end; this.#now += tickMs) {
      this.#owed += (Math.min(media, this.estimator.bitrate) * tickMs) / 8000;
      const packets = Math.floor(this.#owed / this.#packetBytes);
      this.#owed -= packets * this.#packetBytes;
      for (let index = 0; index < packets; index += 1) this.#send((tickMs * index) / packets);
      const padding = this.prober.due(this.#now, this.estimator.bitrate, this.estimator.sent(this.#now));
      for (let sent = 0; sent < padding; sent += this.#packetBytes) this.#send(0);
      if (this.#now - this.#toldAt >= feedbackMs) this.#tell();
      highest = Math.max(highest, this.estimator.bitrate);
    }
    return highest;
  }

  #send(laterMs: number): void {
    const sentAt = this.#now + laterMs;
    this.#underway.push({
      sentAt,
      bytes: this.#packetBytes,
      arrivedAt: this.link.send(this.#packetBytes, sentAt),
    });
  }

  #tell(): void {
    this.#toldAt = this.#now;
    const told = acknowledged(this.#underway.filter(({ arrivedAt }) => arrivedAt <= this.#now));
    this.#underway = this.#underway.filter(({ arrivedAt }) => arrivedAt > this.#now);
    this.estimator.onFeedback(told, this.#now, this.prober);
    const found = this.prober.onFeedback(told, this.#now);
    if (found !== undefined) this.estimator.onProbe(found, this.#now);
  }
}

const unlimited = 100_000_000;
const paths = fc.record({
  capacity: fc.integer({ min: 300_000, max: 6_000_000 }),
  delayMs: fc.integer({ min: 1, max: 150 }),
  queueMs: fc.integer({ min: 150, max: 600 }),
  jitterMs: fc.integer({ min: 0, max: 5 }),
});

/** A few packets a second before a deep queue: what is too much shows late. */
const slowAndDeep = { capacity: 300_000, delayMs: 50, queueMs: 588, jitterMs: 3 };

test('finds what any path takes, follows it down within seconds, and up again', () => {
  fc.assert(
    fc.property(paths, fc.double({ min: 0.4, max: 0.7, noNaN: true }), (options, share) => {
      const path = new Path(new SimulatedLink(options));
      const { capacity } = options;
      path.run(40, unlimited);
      expect(path.estimator.bitrate / capacity).toBeGreaterThan(0.4);
      expect(path.estimator.bitrate / capacity).toBeLessThan(1.4);
      path.link.capacity = share * capacity;
      path.run(6, unlimited);
      expect(path.estimator.bitrate / (share * capacity)).toBeLessThan(1.4);
      path.link.capacity = capacity;
      path.run(30, unlimited);
      expect(path.estimator.bitrate / capacity).toBeGreaterThan(0.4);
    }),
    { numRuns: 15, examples: [[slowAndDeep, 0.4]] },
  );
});

test('probes find room for a better picture while little is sent, and none that is not there', () => {
  const wide = new Path(new SimulatedLink({ capacity: 8_000_000 }));
  wide.prober.wanted = 4_000_000;
  wide.run(15, 400_000);
  expect(wide.estimator.bitrate).toBeGreaterThanOrEqual(3_500_000);

  const narrow = new Path(new SimulatedLink({ capacity: 800_000 }));
  narrow.prober.wanted = 4_000_000;
  expect(narrow.run(5, 400_000)).toBeLessThan(1_700_000);
  expect(narrow.run(30, 400_000)).toBeLessThan(1_200_000);

  const idle = new Path(new SimulatedLink({ capacity: 8_000_000 }));
  idle.run(15, 400_000);
  expect(idle.estimator.bitrate).toBeLessThan(2_000_000);
});

test('probes find room on a path that has become a little wider, and take none away where they go too far', () => {
  fc.assert(
    fc.property(paths, (options) => {
      const path = new Path(new SimulatedLink(options), { packetBytes: 300 });
      const { capacity } = options;
      path.link.capacity = 0.25 * capacity;
      path.run(10, 0.2 * capacity);
      path.link.capacity = capacity;
      path.prober.wanted = 6 * capacity;
      path.run(60, 0.2 * capacity);
      expect(path.estimator.bitrate / capacity).toBeGreaterThan(0.6);
      let lowest = Number.POSITIVE_INFINITY;
      for (let second = 0; second < 60; second += 1) {
        path.run(1, 0.6 * capacity);
        lowest = Math.min(lowest, path.estimator.bitrate);
      }
      expect(lowest / capacity).toBeGreaterThan(0.55);
    }),
    { numRuns: 10 },
  );
});

test('takes a viewer whose machine is busy for no path that is full', () => {
  const stalls = fc.record({
    everyMs: fc.integer({ min: 60, max: 400 }),
    longestMs: fc.integer({ min: 20, max: 60 }),
  });
  fc.assert(
    fc.property(stalls, (options) => {
      const busy = new Path(new SimulatedLink({ capacity: 50_000_000, delayMs: 1, stalls: options }), {
        packetBytes: 120,
      });
      // Six voices.
      let lowest = Number.POSITIVE_INFINITY;
      for (let second = 0; second < 40; second += 1) {
        busy.run(1, 240_000);
        lowest = Math.min(lowest, busy.estimator.bitrate);
      }
      expect(lowest).toBeGreaterThan(450_000);
    }),
    { numRuns: 30 },
  );
});
