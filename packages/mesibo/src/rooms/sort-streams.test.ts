import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordered, tilesIn } from './sort-streams.ts';

describe('sorting streams', () => {
  const person = (name: string, more: { me?: boolean; talks?: boolean; video?: boolean } = {}) => ({
    getName: () => name,
    isMe: () => more.me === true,
    isTalking: () => more.talks === true,
    hasVideo: () => more.video === true,
  });
  type Person = ReturnType<typeof person>;
  const names = (people: readonly Person[]) => people.map((one) => one.getName());

  it('puts oneself first, then who talks, then who is seen, and each by name', () => {
    const people = [
      person('zoe'),
      person('bob', { video: true }),
      person('ann', { video: true }),
      person('yves', { talks: true }),
      person('me', { me: true }),
    ];
    const self = (one: Person) => one;
    expect(names(ordered(people, self))).toEqual(['me', 'yves', 'ann', 'bob', 'zoe']);
    const byName = { orderedBySelf: false, orderedByTalking: false, orderedByVideo: false };
    expect(names(ordered(people, self, byName))).toEqual(['ann', 'bob', 'me', 'yves', 'zoe']);
    expect(names(ordered(people, self, { ...byName, orderedByName: false }))).toEqual(names(people));
  });

  it('lays tiles out within the area, none over another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 4000 }),
        fc.integer({ min: 50, max: 4000 }),
        fc.integer({ min: 0, max: 40 }),
        fc.boolean(),
        (width, height, count, forceAspectRatio) => {
          const tiles = tilesIn({ width, height }, count, { forceAspectRatio });
          expect(tiles).toHaveLength(count);
          const slack = 1e-6 * (width + height);
          for (const [index, one] of tiles.entries()) {
            expect(one.x).toBeGreaterThanOrEqual(-slack);
            expect(one.y).toBeGreaterThanOrEqual(-slack);
            expect(one.x + one.width).toBeLessThanOrEqual(width + slack);
            expect(one.y + one.height).toBeLessThanOrEqual(height + slack);
            if (forceAspectRatio) {
              expect(one.width / one.height).toBeLessThanOrEqual(4 / 3 + 1e-6);
              expect(one.width / one.height).toBeGreaterThanOrEqual(0.8 - 1e-6);
            }
            for (const other of tiles.slice(index + 1)) {
              const isApart =
                one.x + one.width <= other.x + slack ||
                other.x + other.width <= one.x + slack ||
                one.y + one.height <= other.y + slack ||
                other.y + other.height <= one.y + slack;
              expect(isApart).toBe(true);
            }
          }
        },
      ),
    );
  });

  it('makes them as large as they can be', () => {
    expect(tilesIn({ width: 800, height: 300 }, 2, { forceAspectRatio: false, multiplier: 2 })).toEqual([
      { x: 0, y: 0, width: 800, height: 600 },
      { x: 800, y: 0, width: 800, height: 600 },
    ]);
    const [only] = tilesIn({ width: 400, height: 300 }, 1);
    expect(only).toEqual({ x: 0, y: 0, width: 400, height: 300 });
  });
});
