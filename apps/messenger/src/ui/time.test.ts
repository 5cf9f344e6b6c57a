import { describe, expect, it } from 'vitest';
import { dayLabel, lastSeen, listTime, startOfDay } from './time.ts';

const now = new Date(2026, 4, 20, 0, 30).getTime();
const at = (day: number, hour = 23): number => new Date(2026, 4, day, hour).getTime();

describe('times', () => {
  it('are told by the day on the wall, not by hours passed', () => {
    expect(dayLabel(at(20, 0), now)).toBe('Today');
    expect(dayLabel(at(19), now)).toBe('Yesterday');
    expect(dayLabel(at(14, 1), now)).toBe(
      new Intl.DateTimeFormat(undefined, { weekday: 'long' }).format(at(14)),
    );
    expect(dayLabel(at(13), now)).toContain('13');
    expect(dayLabel(new Date(2024, 1, 1).getTime(), now)).toContain('2024');
  });

  it('of a list are short', () => {
    expect(listTime(now, now)).toContain('30');
    expect(listTime(at(19), now)).toBe('Yesterday');
    expect(listTime(at(1), now)).toContain('26');
  });

  it('say when somebody was seen', () => {
    expect(lastSeen(at(19), now)).toMatch(/^last seen yesterday at .*(11|23)/);
  });

  it('have days that begin at midnight', () => {
    expect(new Date(startOfDay(at(19))).getHours()).toBe(0);
  });
});
