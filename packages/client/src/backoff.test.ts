import { assert, double, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs, hastyBackoffMs } from './backoff.ts';

it('waits anything up to a bound that doubles from 0.3 to 30 seconds', () => {
  const most = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoffMs(failures, 1));
  expect(most).toEqual([300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 30_000, 30_000]);
  expect(backoffMs(5, 0)).toBe(0);
  assert(
    property(
      integer({ min: 0, max: 10_000 }),
      double({ min: 0, max: 1, noNaN: true }),
      (failures, random) => {
        expect(backoffMs(failures, random)).toBeGreaterThanOrEqual(0);
        expect(backoffMs(failures, random)).toBeLessThanOrEqual(30_000);
      },
    ),
  );
});

it('waits a second at the most for those who are in haste', () => {
  const most = [0, 1, 2, 3, 100].map((failures) => hastyBackoffMs(failures, 1));
  expect(hastyBackoffMs(5, 0)).toBe(500);
  expect(most).toEqual([300, 600, 1_000, 1_000, 1_000]);
});
