import { expect, test } from 'vitest';
import { noShortage } from '../room/choose-layers.ts';
import { QualityMeter } from './quality-meter.ts';

const nothing = { loss: 0, roundTripMs: undefined, shortage: noShortage };

test('tells a quality that was measured twice, and none for a single bad moment', () => {
  const meter = new QualityMeter();
  const told = [0, 0.5, 0, 0.5, 0.5, 0.5, 0.03, 0, 0.03, 0.03, 0, 0].map((loss) =>
    meter.add({ ...nothing, loss }) ? meter.quality : '',
  );
  expect(told).toEqual(['', '', '', '', 'poor', '', '', '', '', 'fair', '', 'good']);
});

test.each([
  ['fair', 'loss', { loss: 0.03 }],
  ['fair', 'delay', { roundTripMs: 400 }],
  ['poor', 'delay', { roundTripMs: 800, loss: 0.03 }],
  ['fair', 'bandwidth', { shortage: { paused: [], isOn: true } }],
  // Pictures that do not fit are lost: that they do not fit is what to tell.
  ['poor', 'bandwidth', { shortage: { paused: ['v0'], isOn: true }, loss: 0.2 }],
  ['poor', 'loss', { shortage: { paused: [], isOn: true }, loss: 0.2 }],
  ['good', 'none', { loss: 0.01, roundTripMs: 100 }],
] as const)('is %s for its %s with %o', (quality, reason, measured) => {
  const meter = new QualityMeter();
  for (let times = 0; times < 2; times += 1) meter.add({ ...nothing, ...measured });
  expect([meter.quality, meter.reason]).toEqual([quality, reason]);
});
