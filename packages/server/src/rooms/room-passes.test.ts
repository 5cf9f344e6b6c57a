import { assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { passMs, RoomPasses } from './room-passes.ts';

let now = 1_000_000;
const passes = new RoomPasses({ secret: 'secret', now: () => now });

it('lets back the user for whom it was made, into the same room, for a minute', () => {
  now = 1_000_000;
  const pass = passes.issue(7, 1);
  expect(passes.isGood(pass, 7, 1)).toBe(true);
  expect([passes.isGood(pass, 8, 1), passes.isGood(pass, 7, 2)]).toEqual([false, false]);
  const others = new RoomPasses({ secret: 'another', now: () => now });
  expect(others.isGood(pass, 7, 1)).toBe(false);
  now += passMs;
  expect(passes.isGood(pass, 7, 1)).toBe(false);
});

it('takes nothing that was not made here', () => {
  now = 1_000_000;
  const later = (now + 1_000).toString(36);
  assert(
    property(string(), string(), (some, more) => {
      expect(passes.isGood(some, 7, 1)).toBe(false);
      expect(passes.isGood(`${later}.${more}`, 7, 1)).toBe(false);
    }),
  );
});
