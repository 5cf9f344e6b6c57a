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
