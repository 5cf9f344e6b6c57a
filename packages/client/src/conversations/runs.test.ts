import { array, assert, integer, property, record, tuple } from 'fast-check';
import { expect, it } from 'vitest';
import { addPlaces, continueAfter, countAfter, firstPlace, isKnown, lastPlace, type Runs } from './runs.ts';

const places = (runs: Runs): number[] =>
  runs.flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, index) => start + index));

const ranges = array(record({ start: integer({ min: 1, max: 60 }), length: integer({ min: 0, max: 12 }) }), {
  maxLength: 12,
});

it('holds exactly the places that were added, in ascending ranges that do not touch', () => {
  assert(
    property(ranges, (added) => {
      let runs: Runs = [];
      const expected = new Set<number>();
      for (const { start, length } of added) {
        runs = addPlaces(runs, start, start + length - 1);
        for (let place = start; place < start + length; place++) expected.add(place);
      }
      expect(places(runs)).toEqual([...expected].sort((a, b) => a - b));
      for (const [index, run] of runs.entries()) {
        const next = runs[index + 1];
        if (next !== undefined) expect(next.start).toBeGreaterThan(run.end + 1);
      }
    }),
  );
});

it('answers questions as the set of places would', () => {
  assert(
    property(
      ranges,
      tuple(integer({ min: 0, max: 80 }), integer({ min: 0, max: 80 })),
      (added, [seq, after]) => {
        const runs = added.reduce<Runs>(
          (all, { start, length }) => addPlaces(all, start, start + length - 1),
          [],
        );
        expect(isKnown(runs, seq)).toBe(places(runs).includes(seq));
        expect(countAfter(runs, after)).toBe(places(runs).filter((place) => place > after).length);
        expect(lastPlace(runs)).toBe(Math.max(0, ...places(runs)));
      },
    ),
  );
});

it('begins a new run when live messages go on beyond what is known', () => {
  const runs = continueAfter([{ start: 1, end: 3 }], 10);
  expect(lastPlace(runs)).toBe(10);
  expect(firstPlace(runs)).toBe(11);
  expect(countAfter(runs, 0)).toBe(3);
  expect(addPlaces(runs, 11, 11)).toEqual([
    { start: 1, end: 3 },
    { start: 11, end: 11 },
  ]);
});

it('keeps what is known when live messages go on within it', () => {
  const runs = [{ start: 1, end: 3 }];
  expect(continueAfter(runs, 3)).toBe(runs);
  expect(continueAfter(runs, 2)).toBe(runs);
});

it('joins runs when the history between them has come', () => {
  const runs = continueAfter([{ start: 1, end: 3 }], 10);
  expect(addPlaces(runs, 7, 10)).toEqual([
    { start: 1, end: 3 },
    { start: 7, end: 10 },
  ]);
  expect(addPlaces(addPlaces(runs, 7, 10), 4, 6)).toEqual([{ start: 1, end: 10 }]);
});

it('forgets a run to which nothing came', () => {
  expect(continueAfter(continueAfter([{ start: 1, end: 3 }], 10), 20)).toEqual([
    { start: 1, end: 3 },
    { start: 21, end: 20 },
  ]);
});
