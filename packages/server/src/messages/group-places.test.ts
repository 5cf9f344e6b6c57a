import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goOnAfter, hiddenRanges, isReadable, newestReadable } from './group-places.ts';

/** Spans that follow each other, the last one of them open or not. */
const spansArbitrary = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 8 }), fc.boolean())
  .map(([bounds, isOpen]) => {
    const sorted = bounds.toSorted((a, b) => a - b);
    const spans: { after: number; upto: number | null }[] = [];
    for (let index = 0; index + 1 < sorted.length; index += 2) {
      spans.push({ after: sorted[index] ?? 0, upto: sorted[index + 1] ?? 0 });
    }
    const last = spans.at(-1);
    if (isOpen && last !== undefined) last.upto = null;
    return spans;
  });

test('whoever goes on place by place comes to all places that are for him, and to no other', () => {
  fc.assert(
    fc.property(spansArbitrary, fc.integer({ min: 0, max: 35 }), (spans, last) => {
      const places = Array.from({ length: last }, (_, index) => index + 1);
      const expected = places.filter((seq) => isReadable(spans, seq));
      const visited: number[] = [];
      let place = goOnAfter(spans, 0);
      while (place !== undefined && place < last) {
        visited.push(place + 1);
        place = goOnAfter(spans, place + 1);
      }
      expect(visited).toEqual(expected);
      expect(newestReadable(spans, last)).toBe(expected.at(-1) ?? 0);
    }),
  );
});

test('the ranges that are hidden hold all places that are not for him, and no other', () => {
  fc.assert(
    fc.property(spansArbitrary, fc.integer({ min: 0, max: 35 }), (spans, upto) => {
      const places = Array.from({ length: upto }, (_, index) => index + 1);
      const ranges = hiddenRanges(spans, upto, 100);
      const hidden = ranges.flatMap(([first, last]) => places.slice(first - 1, last));
      expect(hidden).toEqual(places.filter((seq) => !isReadable(spans, seq)));
      expect(hiddenRanges(spans, upto, 1)).toEqual(ranges.slice(-1));
    }),
  );
});
