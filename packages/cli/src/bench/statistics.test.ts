import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, medianRatio, percentiles } from './statistics.ts';

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });

describe('the median', () => {
  it('is the middle one, or between the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('has as many values above as below, and does not change what it is given', () => {
    fc.assert(
      fc.property(values, (all) => {
        const before = [...all];
        const middle = median(all);
        expect(all).toEqual(before);
        expect(all.filter((value) => value < middle).length).toBeLessThanOrEqual(all.length / 2);
        expect(all.filter((value) => value > middle).length).toBeLessThanOrEqual(all.length / 2);
      }),
    );
  });
});

describe('percentiles', () => {
  it('are values by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
    expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
    expect(percentiles([]).p99).toBeNaN();
  });

  it('leave no more than their share above them', () => {
    fc.assert(
      fc.property(values, (all) => {
        const { p50, p95, p99, max } = percentiles(all);
        const above = (limit: number) => all.filter((value) => value > limit).length / all.length;
        expect(above(p50)).toBeLessThanOrEqual(0.5);
        expect(above(p95)).toBeLessThanOrEqual(0.05 + 1e-9);
        expect(above(p99)).toBeLessThanOrEqual(0.01 + 1e-9);
        expect(max).toBe(Math.max(...all));
      }),
    );
  });
});

describe('the median ratio', () => {
  it('compares round by round, so that a drift that hits both cancels out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 9 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (drift, ratio) => {
          const slow = drift.map((factor) => factor * ratio * 3);
          const fast = drift.map((factor) => factor * 3);
          expect(medianRatio(slow, fast)).toBeCloseTo(ratio, 6);
        },
      ),
    );
  });

  it('leaves out rounds of which one of the two is missing', () => {
    expect(medianRatio([2, 4, 100], [1, 1])).toBe(3);
    expect(medianRatio([2, 5], [0, 1])).toBe(5);
    expect(medianRatio([], [1])).toBeNaN();
  });
});
