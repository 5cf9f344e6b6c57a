import { expect, it } from 'vitest';
import { fieldValue, timeOfField, tomorrowMorning } from './schedule-time.ts';

const evening = new Date(2026, 2, 5, 21, 7, 30).getTime();

it('shows a time in a field and reads it back, to the minute', () => {
  expect(fieldValue(evening)).toBe('2026-03-05T21:07');
  expect(timeOfField('2026-03-05T21:07')).toBe(new Date(2026, 2, 5, 21, 7).getTime());
  expect(timeOfField('')).toBeUndefined();
});

it('proposes the next morning', () => {
  expect(tomorrowMorning(evening)).toBe(new Date(2026, 2, 6, 9).getTime());
  expect(tomorrowMorning(new Date(2026, 11, 31, 1).getTime())).toBe(new Date(2027, 0, 1, 9).getTime());
});
