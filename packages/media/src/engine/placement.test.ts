import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlacedSlot, type Placing, place } from './placement.ts';

const slots: PlacedSlot[] = [
  { mid: 'a0', kind: 'audio' },
  { mid: 'v0', kind: 'video' },
  { mid: 'v1', kind: 'video' },
  { mid: 'a1', kind: 'audio' },
  { mid: 'v2', kind: 'video' },
];
const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
const kindOf = (stream: string): Placing['kind'] => (Number(stream.slice(1)) % 3 === 0 ? 'audio' : 'video');
const wishes = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 8 });

test('moves nothing that stays wanted, leaves no slot empty while something waits, and fits kinds', () => {
  fc.assert(
    fc.property(fc.array(wishes, { minLength: 1, maxLength: 6 }), (rounds) => {
      let before = new Map<string, string>();
      for (const streams of rounds) {
        const placed = place(
          streams.map((stream) => ({ stream, kind: kindOf(stream) })),
          slots,
          before,
        );
        for (const [mid, stream] of before)
          if (streams.includes(stream)) expect(placed.get(mid)).toBe(stream);
        expect(new Set(placed.values()).size).toBe(placed.size);
        for (const { mid, kind } of slots) {
          const stream = placed.get(mid);
          const waits = streams.some((each) => kindOf(each) === kind && ![...placed.values()].includes(each));
          if (stream === undefined) expect(waits).toBe(false);
          else expect([streams.includes(stream), kindOf(stream)]).toEqual([true, kind]);
        }
        before = placed;
      }
    }),
  );
});
