import { expect, test } from 'vitest';
import { QualityMeter } from './quality-meter.ts';

test('tells a quality that was measured twice, and none for a single bad moment', () => {
  const meter = new QualityMeter();
  const told = [0, 0.5, 0, 0.5, 0.5, 0.5, 0.03, 0, 0.03, 0.03, 0, 0].map((loss) =>
    meter.add(loss) ? meter.quality : '',
  );
  expect(told).toEqual(['', '', '', '', 'poor', '', '', '', '', 'fair', '', 'good']);
});
