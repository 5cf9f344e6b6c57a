import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MesiboDateTime } from './date-time.ts';

const now = new Date(2026, 2, 15, 14, 5, 9);
const ago = (ms: number) => new MesiboDateTime(now.getTime() - ms);
const hour = 3_600_000;
const day = 24 * hour;

beforeEach(() => vi.useFakeTimers({ now, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

describe('MesiboDateTime', () => {
  it('has the fields of the local time', () => {
    expect({ ...new MesiboDateTime(now.getTime()) }).toEqual({
      ts: now.getTime(),
      year: 2026,
      month: 2,
      day: 15,
      hour: 14,
      min: 5,
      sec: 9,
      wday: 0,
    });
  });

  it('counts calendar days, not spans of 24 hours', () => {
    expect(ago(14 * hour).getDaysElapsed()).toBe(0);
    expect(ago(15 * hour).getDaysElapsed()).toBe(1);
    expect(ago(15 * hour).isYesterday()).toBe(true);
    expect(ago(40 * day).getDaysElapsed()).toBe(40);
    expect(ago(-day).getDaysElapsed()).toBe(-1);
  });

  it('replaces the date by the words for today and yesterday where they are given', () => {
    expect(ago(0).getDate(true, 'Today', 'Yesterday')).toBe('Today');
    expect(ago(day).getDate(true, 'Today', 'Yesterday')).toBe('Yesterday');
    expect(ago(0).getDate(true)).toBe('Mar 15, 2026');
    expect(ago(2 * day).getDate(false, 'Today', 'Yesterday')).toBe('13 Mar 2026');
    expect(ago(2 * day).getDate(false, '', '', true)).toBe('13/3/2026');
    expect(ago(2 * day).getNumericalDate(true)).toBe('3/13/2026');
  });

  it('tells how long ago something was', () => {
    expect(ago(10_000).getDateInNaturalLanguage(0)).toBe('just now');
    expect(ago(60_000).getDateInNaturalLanguage(0)).toBe('1 minute ago');
    expect(ago(3 * hour).getDateInNaturalLanguage(0)).toBe('3 hours ago');
    expect(ago(day).getDateInNaturalLanguage(0)).toMatch(/^yesterday at /);
    expect(ago(3 * day).getDateInNaturalLanguage(0)).toBe('3 days ago');
    expect(ago(30 * day).getDateInNaturalLanguage(0)).toMatch(/Feb/);
  });

  it('prints the time as v1 templates read it', () => {
    const time = new MesiboDateTime(now.getTime());
    expect(time.time).toBe(time.getTime());
    expect(time.getTime()).toMatch(/^(14:05|2:05 PM)$/);
    expect(time.getTime(true)).toMatch(/:05:09/);
  });

  it('is valid only with a time', () => {
    expect(new MesiboDateTime().isValid()).toBe(false);
    expect(new MesiboDateTime(1).isValid()).toBe(true);
  });
});
