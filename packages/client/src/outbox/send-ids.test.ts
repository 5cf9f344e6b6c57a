import { array, assert, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { SendIds } from './send-ids.ts';

it('gives ids that increase, whatever the clock does', () => {
  assert(
    property(array(integer({ min: 0, max: 1_000 }), { minLength: 2 }), (times) => {
      let now = 0;
      const ids = new SendIds(() => now);
      let last = 0;
      for (const time of times) {
        now = time;
        const id = ids.next();
        expect(id).toBeGreaterThan(last);
        last = id;
      }
    }),
  );
});

it('goes on after the last one that was used', () => {
  const ids = new SendIds(() => 100);
  expect(ids.next()).toBe(100);
  ids.used(500);
  expect(ids.next()).toBe(501);
  ids.used(200);
  expect(ids.next()).toBe(502);
});

it('are different in pages that share them, and increasing in each', () => {
  const pages = [0, 1, 2].map((number) => new SendIds(() => 1_000, { number, of: 3 }));
  const made = pages.map((ids) => [ids.next(), ids.next(), ids.next()]);
  expect(new Set(made.flat()).size).toBe(9);
  for (const ids of made) expect(ids.toSorted((a, b) => a - b)).toEqual(ids);
  expect(made.flat().every((id) => id >= 1_000)).toBe(true);
});

it('made elsewhere are taken over unless a later one was used', () => {
  const ids = new SendIds(() => 1_000, { number: 1, of: 4 });
  expect(ids.claim(1_500)).toBe(1_500);
  expect(ids.claim(1_499)).toBe(1_501);
  expect(ids.next()).toBe(1_505);
});
