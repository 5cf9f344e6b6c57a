import { expect, test } from 'vitest';
import { ChoiceTurns } from './choice-turns.ts';

const tickMs = 20;

/** How often each of so many viewers has its turn in a second, and how many have theirs at once at the most. */
function second(count: number): { turns: number[]; most: number } {
  const turns = new ChoiceTurns<{ index: number }>();
  const viewers = Array.from({ length: count }, (_, index) => ({ index }));
  const had = viewers.map(() => 0);
  let most = 0;
  for (let now = 1_000; now < 2_000; now += tickMs) {
    const taken = turns.take(viewers, count, now);
    most = Math.max(most, taken.length);
    for (const { index } of taken) had[index] = (had[index] ?? 0) + 1;
  }
  return { turns: had, most };
}

test('everybody has a turn five times in a second, few of many at once', () => {
  for (const count of [1, 8, 9, 100, 1_001]) {
    const { turns, most } = second(count);
    expect(Math.min(...turns)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...turns)).toBeLessThanOrEqual(5);
    expect(most).toBeLessThanOrEqual(Math.max(8, Math.ceil(count / 5)));
  }
});

test('it is the turn of all when there is something new, once', () => {
  const turns = new ChoiceTurns<object>();
  const viewers = Array.from({ length: 50 }, () => ({}));
  turns.callAll();
  expect(turns.take(viewers, 50, 1_000)).toEqual(viewers);
  expect(turns.take(viewers, 50, 1_020)).toEqual([]);
});
