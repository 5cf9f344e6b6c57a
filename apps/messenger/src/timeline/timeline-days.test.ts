import { describe, expect, it } from 'vitest';
import { makeMessage } from './make-message.ts';
import { timelineDays } from './timeline-days.ts';

const noon = new Date(2026, 4, 20, 12).getTime();
const minute = 60_000;
const day = 24 * 60 * minute;

describe('the days of a timeline', () => {
  it('hold the messages written on them, by the clock on the wall', () => {
    const late = new Date(2026, 4, 20, 23, 59).getTime();
    const days = timelineDays(
      [
        makeMessage({ order: 1, ts: noon - day }),
        makeMessage({ order: 2, ts: late }),
        makeMessage({ order: 3, ts: late + 2 * minute }),
      ],
      undefined,
    );
    expect(days.map(({ items }) => items.map(({ message }) => message.order))).toEqual([[1], [2], [3]]);
    expect(new Date(days[1]?.start ?? 0).getHours()).toBe(0);
  });

  it('show where a run of messages of one side begins and ends', () => {
    const days = timelineDays(
      [
        makeMessage({ order: 1, ts: noon, from: 'bob' }),
        makeMessage({ order: 2, ts: noon + minute, from: 'bob' }),
        makeMessage({ order: 3, ts: noon + 2 * minute, from: 'alice' }),
        makeMessage({ order: 4, ts: noon + 9 * minute, from: 'alice' }),
      ],
      undefined,
    );
    const items = days.flatMap((of) => of.items);
    expect(items.map(({ first, last }) => [first, last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it('have a line above the first unread message, which begins a run', () => {
    const days = timelineDays(
      [makeMessage({ order: 1, ts: noon }), makeMessage({ order: 2, ts: noon + 1 })],
      2,
    );
    expect(days[0]?.items).toMatchObject([
      { divider: false, last: true },
      { divider: true, first: true },
    ]);
  });
});
