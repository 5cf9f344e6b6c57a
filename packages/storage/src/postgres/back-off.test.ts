import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

describe('the pauses between attempts', () => {
  it('double from 50 ms to 2 s, and begin anew after a success', () => {
    let now = 0;
    const backOff = new BackOff(
      () => now,
      () => 1,
    );
    const pauses = Array.from({ length: 8 }, () => {
      backOff.failed();
      const { remaining } = backOff;
      now += remaining;
      expect(backOff.remaining).toBe(0);
      return remaining;
    });
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
    backOff.succeeded();
    expect(backOff.remaining).toBe(0);
    backOff.failed();
    expect(backOff.remaining).toBe(50);
  });

  it('are never shorter than half of that, nor longer', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat({ max: 2000 }),
        (random, failures) => {
          const backOff = new BackOff(
            () => 0,
            () => random,
          );
          for (let failure = 0; failure <= failures; failure++) backOff.failed();
          const longest = Math.min(50 * 2 ** failures, 2000);
          expect(backOff.remaining).toBeGreaterThanOrEqual(longest / 2);
          expect(backOff.remaining).toBeLessThanOrEqual(longest);
        },
      ),
    );
  });
});
