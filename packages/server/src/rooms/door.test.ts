import { expect, it } from 'vitest';
import { mayHaveForgotten } from './door.ts';

it.each([
  [{ nodeStartedAt: 0, begunAt: 5_000, goesOn: false }, 10_000, true, 'the node was just started'],
  [{ nodeStartedAt: 0, begunAt: 5_000, goesOn: false }, 65_000, false, 'those who come back have come back'],
  [{ nodeStartedAt: 0, begunAt: 500_000, goesOn: false }, 501_000, false, 'it has begun at this node'],
  [{ nodeStartedAt: 0, begunAt: 500_000, goesOn: true }, 501_000, true, 'it comes from another node'],
  [{ nodeStartedAt: 0, begunAt: 500_000, goesOn: true }, 560_000, false, 'it came a minute ago'],
])('a room %o may have forgotten at %i who was in it: %s, since %s', (beginning, now, expected) => {
  expect(mayHaveForgotten(beginning, now)).toBe(expected);
});
