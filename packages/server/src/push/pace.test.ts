import { expect, it } from 'vitest';
import { Pace } from './pace.ts';

/** Seconds after the first one at which a user is told who gets a message every second. */
function told(pace: Pace, seconds: number, delivered: (now: number) => number): number[] {
  const times: number[] = [];
  for (let now = 0; now < seconds * 1_000; now += 1_000) {
    const seq = now / 1_000 + 1;
    if (pace.when('bob/1', { delivered: delivered(now), seq, now }) !== 'now') continue;
    pace.told('bob/1', { seq, now });
    times.push(now / 1_000);
  }
  return times;
}

it('tells a user of a busy conversation ever less often, but at least once a minute', () => {
  expect(told(new Pace(), 300, () => 0)).toEqual([0, 3, 9, 21, 45, 93, 153, 213, 273]);
});

it('begins anew when one of his devices has been there', () => {
  const delivered = (now: number) => (now < 30_000 ? 0 : 30);
  expect(told(new Pace(), 40, delivered)).toEqual([0, 3, 9, 21, 30, 33, 39]);
});

it('says when it is time, and nothing twice', () => {
  const pace = new Pace();
  pace.told('bob/1', { seq: 5, now: 1_000 });
  expect(pace.when('bob/1', { delivered: 4, seq: 6, now: 2_000 })).toBe(4_000);
  expect(pace.when('bob/1', { delivered: 4, seq: 5, now: 9_000 })).toBe('never');
  expect(pace.when('bob/2', { delivered: 4, seq: 5, now: 2_000 })).toBe('now');
});
