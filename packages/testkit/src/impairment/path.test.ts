import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Conditions, Path } from './path.ts';

/** When packets arrive of which one is sent in each interval. */
function arrivals(conditions: Conditions, { count = 2000, bytes = 1000, everyMs = 10, seed = 1 } = {}) {
  const path = new Path(seed);
  path.conditions = conditions;
  return Array.from({ length: count }, (_, index) => path.arrival(bytes, index * everyMs));
}

describe('a path', () => {
  it('lets everything pass at once when nothing is said', () => {
    expect(arrivals({}, { count: 3 })).toEqual([0, 10, 20]);
  });

  it('loses about the share that it is to lose, and the same packets with the same seed', () => {
    const lost = (seed: number) =>
      arrivals({ loss: 0.1 }, { seed }).flatMap((at, index) => (at === undefined ? [index] : []));
    expect(lost(1).length).toBeGreaterThan(150);
    expect(lost(1).length).toBeLessThan(250);
    expect(lost(1)).toEqual(lost(1));
    expect(lost(1)).not.toEqual(lost(2));
  });

  it('delays by delay and jitter, and keeps the order', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(50), fc.integer(), (delayMs, jitterMs, seed) => {
        const all = arrivals({ delayMs, jitterMs }, { count: 100, seed });
        for (const [index, at = 0] of all.entries()) {
          expect(at).toBeGreaterThanOrEqual(Math.max(index * 10 + delayMs, all[index - 1] ?? 0));
          expect(at).toBeLessThanOrEqual(index * 10 + delayMs + jitterMs);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('passes no more than its bottleneck takes, after a queue of the length that was said', () => {
    // 800 kbit/s are sent.
    const all = arrivals({ bitrate: 400_000, queueMs: 200 });
    const came = all.filter((at) => at !== undefined);
    const seconds = (came.at(-1) ?? 0) / 1000;
    expect((came.length * 1028 * 8) / seconds).toBeCloseTo(400_000, -4);
    for (const [index, at] of all.entries()) if (at !== undefined) expect(at - index * 10).toBeLessThan(225);
  });

  it('passes nothing while it is cut', () => {
    expect(arrivals({ isCut: true }, { count: 2 })).toEqual([undefined, undefined]);
  });
});
