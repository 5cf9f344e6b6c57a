import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import { dayLabel } from '../ui/time.ts';
import { Today } from './today.ts';

const minute = 60_000;
const midnight = new Date(2026, 4, 21).getTime();
const written = midnight - 30 * minute;

it('what was today is yesterday from midnight on', () => {
  const clock = new ManualClock(midnight - 10 * minute);
  const today = new Today(clock);
  const labels: string[] = [];
  today.subscribe(() => labels.push(dayLabel(written, clock.now())));
  expect(dayLabel(written, today.get())).toBe('Today');
  clock.advance(10 * minute - 1);
  expect(labels).toEqual([]);
  clock.advance(1);
  expect([labels, today.get()]).toEqual([['Yesterday'], midnight]);
  clock.advance(24 * 60 * minute);
  expect(labels).toHaveLength(2);
  today.close();
  clock.advance(24 * 60 * minute);
  expect(labels).toHaveLength(2);
});

it('another day is noticed after the machine has slept', () => {
  const timers = new ManualClock(midnight - 600 * minute);
  let slept = 0;
  const today = new Today({
    now: () => timers.now() + slept,
    setTimeout: (run, ms) => timers.setTimeout(run, ms),
    clearTimeout: (timer) => timers.clearTimeout(timer),
  });
  slept = 700 * minute;
  timers.advance(minute);
  expect(today.get()).toBe(midnight);
  today.close();
});
