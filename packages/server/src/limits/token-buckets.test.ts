import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

function buckets(capacity: number, fillMs: number, maxKeys?: number) {
  const clock = { now: 1_000_000 };
  const options = { capacity, fillMs, now: () => clock.now, ...(maxKeys === undefined ? {} : { maxKeys }) };
  return { clock, buckets: new TokenBuckets(options) };
}

it('lets a burst through, then as many as come back in time', () => {
  const { clock, buckets: limiter } = buckets(10, 1_000);
  for (let i = 0; i < 10; i++) expect(limiter.take('a')).toBe(0);
  expect(limiter.take('a')).toBe(100);
  clock.now += 99;
  expect(limiter.take('a')).toBe(1);
  clock.now += 1;
  expect(limiter.take('a')).toBe(0);
  expect(limiter.take('a')).toBe(100);
});

it('keeps keys apart', () => {
  const { buckets: limiter } = buckets(1, 1_000);
  expect(limiter.take('a')).toBe(0);
  expect(limiter.take('b')).toBe(0);
  expect(limiter.take('a')).toBeGreaterThan(0);
});

it('looks without taking', () => {
  const { buckets: limiter } = buckets(1, 1_000);
  expect(limiter.delay('a')).toBe(0);
  expect(limiter.delay('a')).toBe(0);
  limiter.take('a');
  expect(limiter.delay('a')).toBe(1_000);
});

it('forgets buckets that are full again', () => {
  const { clock, buckets: limiter } = buckets(5, 1_000);
  for (let i = 0; i < 1_000; i++) limiter.take(`key ${i}`);
  expect(limiter.size).toBe(1_000);
  clock.now += 1_000;
  limiter.take('one');
  clock.now += 1_000;
  limiter.take('two');
  expect(limiter.size).toBeLessThanOrEqual(2);
});

it('never keeps more keys than it may', () => {
  const { buckets: limiter } = buckets(5, 1_000, 100);
  for (let i = 0; i < 10_000; i++) limiter.take(`key ${i}`);
  expect(limiter.size).toBeLessThanOrEqual(100);
});

it('takes no tokens away when the clock is set back', () => {
  const { clock, buckets: limiter } = buckets(2, 1_000);
  limiter.take('a');
  limiter.take('a');
  clock.now -= 500_000;
  expect([1, 2, 3].map(() => limiter.take('a') > 0)).toEqual([false, false, true]);
});

it('never lets through more than the capacity and what came back, whatever the timing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
      (capacity, waits) => {
        const { clock, buckets: limiter } = buckets(capacity, 1_000);
        const begin = clock.now;
        let passed = 0;
        for (const wait of waits) {
          clock.now += wait;
          const delay = limiter.take('a');
          if (delay === 0) passed++;
          const allowed = capacity + ((clock.now - begin) * capacity) / 1_000;
          expect(passed).toBeLessThanOrEqual(allowed + 1e-6);
          // The answer is honest: after the time that it names, there is a token.
          if (delay > 0) {
            clock.now += delay;
            expect(limiter.delay('a')).toBe(0);
          }
        }
      },
    ),
  );
});
