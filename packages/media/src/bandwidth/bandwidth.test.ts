import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acknowledged, packetsOf } from '../testing/acknowledged.ts';
import { allocate } from './allocator.ts';
import { BandwidthEstimator } from './estimator.ts';
import { SendLog } from './send-log.ts';

/** A path with a queue: sends at the estimate, or at `atMost`, for some seconds, and answers the last estimate. */
function simulate(
  capacity: number,
  seconds: number,
  { atMost = Number.POSITIVE_INFINITY, loss = 0 } = {},
): number {
  const estimator = new BandwidthEstimator();
  let freeAt = 0;
  let sent = 0;
  for (let now = 0; now < seconds * 1000; now += 100) {
    const rate = Math.min(estimator.bitrate, atMost);
    const packets = Math.max(1, Math.round(rate / 10 / 8 / 1000));
    const all = Array.from({ length: packets }, (_, index) => {
      const sentAt = now + (100 * index) / packets;
      freeAt = Math.max(freeAt, sentAt) + (1000 * 8 * 1000) / capacity;
      sent += 1;
      const isLost = loss > 0 && sent % Math.round(1 / loss) === 0;
      return { sentAt, bytes: 1000, arrivedAt: isLost ? -1 : freeAt + 20 };
    });
    estimator.onFeedback(acknowledged(all), now + 100);
  }
  return estimator.bitrate;
}

test.each([400_000, 2_000_000, 5_000_000])('finds a capacity of %d bit/s and stays around it', (capacity) => {
  const estimate = simulate(capacity, 40);
  expect(estimate).toBeGreaterThan(0.5 * capacity);
  expect(estimate).toBeLessThan(1.3 * capacity);
});

test('does not grow far beyond what is sent', () => {
  expect(simulate(20_000_000, 30, { atMost: 1_000_000 })).toBeLessThan(3_000_000);
});

test.each([0.05, 0.1, 0.2])('uses a path that loses a share of %d whatever is sent', (loss) => {
  expect(simulate(20_000_000, 40, { atMost: 1_000_000, loss })).toBeGreaterThan(700_000);
});

test('keeps falling while more is sent than it says, as until the key frame of a smaller layer', () => {
  const estimator = new BandwidthEstimator();
  for (let now = 0; now < 15_000; now += 100) {
    const all = Array.from({ length: 8 }, (_, index) => {
      const sentAt = now + 12 * index;
      // 640 kbit/s into 400 without a queue.
      return { sentAt, bytes: 1000, arrivedAt: index % 8 < 5 ? sentAt + 20 : -1 };
    });
    estimator.onFeedback(acknowledged(all), now + 100);
  }
  expect(estimator.bitrate).toBeLessThan(450_000);
});

test('takes a path that was cut for seconds for no narrower than before', () => {
  const estimator = new BandwidthEstimator();
  const feedback = (from: number, arrives: boolean) => {
    const all = Array.from({ length: 6 }, (_, index) => {
      const sentAt = from + index * 16;
      return { sentAt, bytes: 1000, arrivedAt: arrives ? sentAt + 20 : -1 };
    });
    return acknowledged(all);
  };
  for (let now = 0; now < 10_000; now += 100) estimator.onFeedback(feedback(now, true), now + 100);
  const before = estimator.bitrate;
  // What was sent in the meantime is told of at the end.
  for (let now = 10_000; now < 20_000; now += 100) estimator.onFeedback(feedback(now, false), 20_000);
  for (let now = 20_000; now < 22_000; now += 100) estimator.onFeedback(feedback(now, true), now + 100);
  expect(estimator.bitrate).toBeGreaterThan(0.8 * before);
});

test('falls when a path without a queue loses what is too much, and stays there', () => {
  const estimator = new BandwidthEstimator();
  const capacity = 400_000;
  const estimates: number[] = [];
  for (let now = 0; now < 20_000; now += 100) {
    const sent = Math.max(1, Math.round(estimator.bitrate / 10 / 8 / 500));
    const passed = Math.floor(capacity / 10 / 8 / 500);
    const all = Array.from({ length: sent }, (_, index) => {
      const sentAt = now + (100 * index) / sent;
      const fits = Math.floor(((index + 1) * passed) / sent) > Math.floor((index * passed) / sent);
      return { sentAt, bytes: 500, arrivedAt: sent <= passed || fits ? sentAt + 20 : -1 };
    });
    estimator.onFeedback(acknowledged(all), now + 100);
    estimates.push(estimator.bitrate);
  }
  const settled = estimates.slice(50);
  expect(settled.reduce((sum, each) => sum + each, 0) / settled.length).toBeLessThan(1.4 * capacity);
});

test('believes REMB only as long as nothing better comes', () => {
  const estimator = new BandwidthEstimator();
  estimator.onReceiverEstimate(700_000, 0);
  expect(estimator.bitrate).toBe(700_000);
  estimator.onFeedback(acknowledged([{ sentAt: 1, bytes: 100, arrivedAt: 2 }]), 10);
  const { bitrate } = estimator;
  estimator.onReceiverEstimate(100_000, 20);
  expect(estimator.bitrate).toBe(bitrate);
});

test('matches feedback with what was sent, once, through a wrap-around', () => {
  const log = new SendLog();
  for (let index = 0; index < 70_000; index += 1) log.add(100, index);
  const feedback = {
    type: 'transportFeedback',
    sender: 1,
    ssrc: 1,
    count: 0,
    firstSequence: 69_998 & 0xffff,
    arrivals: [5, -1, 7],
  } as const;
  const lost = { sentAt: 69_999, bytes: 100, arrivedAt: -1 };
  expect(packetsOf(log.acknowledge(feedback, 70_100))).toEqual([
    { sentAt: 69_998, bytes: 100, arrivedAt: 5 },
    lost,
  ]);
  expect(packetsOf(log.acknowledge(feedback, 70_100))).toEqual([lost]);
});

const camera = [
  { bitrate: 100_000, height: 180 },
  { bitrate: 300_000, height: 360 },
  { bitrate: 1_000_000, height: 720 },
];
const wish = (height: number, isScreen = false, shown = -1) => ({ isScreen, height, layers: camera, shown });

test('gives everyone something, then screens and large pictures more, and nobody more than is seen', () => {
  expect(allocate([wish(180), wish(720), wish(720, true)], 10_000_000)).toEqual([0, 2, 2]);
  expect(allocate([wish(720), wish(720), wish(720, true)], 600_000)).toEqual([0, 0, 1]);
  expect(allocate([wish(0), wish(100), wish(360)], 10_000_000)).toEqual([-1, 0, 1]);
  // Too little for anybody: the first still gets a picture.
  expect(allocate([wish(720), wish(720, true)], 1000)).toEqual([-1, 0]);
});

test('keeps a layer at the border where it would not yet choose it', () => {
  expect(allocate([wish(360)], 310_000)).toEqual([0]);
  expect(allocate([wish(360, false, 1)], 310_000)).toEqual([1]);
});

test('never spends more than there is, but for one smallest layer', () => {
  const wishes = fc.array(
    fc.tuple(fc.constantFrom(0, 100, 360, 1080), fc.boolean(), fc.integer({ min: -1, max: 2 })),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(wishes, fc.nat(5_000_000), (from, bitrate) => {
      const chosen = allocate(
        from.map(([height, isScreen, shown]) => wish(height, isScreen, shown)),
        bitrate,
      );
      const spent = chosen.reduce((sum, layer) => sum + (camera[layer]?.bitrate ?? 0), 0);
      expect(spent).toBeLessThanOrEqual(Math.max(bitrate, 100_000));
      expect(chosen.every((layer, index) => (from[index]?.[0] === 0) === layer < 0 || layer < 0)).toBe(true);
    }),
  );
});

test('takes it for a fall when what a viewer believes sinks, at once or slowly, and not when it is restless', () => {
  const estimator = new BandwidthEstimator();
  estimator.onReceiverEstimate(2_000_000, 0);
  for (let second = 1; second < 60; second += 1)
    estimator.onReceiverEstimate(2_000_000 * (second % 2 === 0 ? 1 : 0.93), 1000 * second);
  expect(estimator.fellAt).toBe(Number.NEGATIVE_INFINITY);
  estimator.onReceiverEstimate(1_700_000, 60_000);
  expect(estimator.fellAt).toBe(60_000);
  for (let second = 61; second < 70; second += 1)
    estimator.onReceiverEstimate(1_700_000 * 0.97 ** (second - 60), 1000 * second);
  expect(estimator.fellAt).toBeGreaterThan(60_000);
});
