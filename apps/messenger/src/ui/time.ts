const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const short = new Intl.DateTimeFormat(undefined, { day: '2-digit', month: '2-digit', year: '2-digit' });

/** Midnight at which the day of `ts` began, by the clock on the wall. */
export function startOfDay(ts: number): number {
  return new Date(ts).setHours(0, 0, 0, 0);
}

/** Midnight at which that day ends. */
export function startOfNextDay(ts: number): number {
  return new Date(ts).setHours(24, 0, 0, 0);
}

/** Whole days from the day of `ts` to the day of `now`; days of 23 and 25 hours count as one. */
function daysAgo(ts: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(ts)) / 86_400_000);
}

export function timeOf(ts: number): string {
  return time.format(ts);
}

/** "Today", "Yesterday", "Monday" within a week, then the date. */
export function dayLabel(ts: number, now: number): string {
  const days = daysAgo(ts, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return weekday.format(ts);
  return new Date(ts).getFullYear() === new Date(now).getFullYear() ? day.format(ts) : dayOfYear.format(ts);
}

/** For a list: the time today, the day before that. */
export function listTime(ts: number, now: number): string {
  const days = daysAgo(ts, now);
  if (days === 0) return timeOf(ts);
  return days > 0 && days < 7 ? dayLabel(ts, now) : short.format(ts);
}

/** "last seen today at 14:03". */
export function lastSeen(ts: number, now: number): string {
  const days = daysAgo(ts, now);
  const label = dayLabel(ts, now);
  return `last seen ${days === 0 || days === 1 ? label.toLowerCase() : label} at ${timeOf(ts)}`;
}

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Date and time. */
export function fullTime(ts: number): string {
  return full.format(ts);
}
