/** A time as a field of the type datetime-local shows it, in the user's own time. */
export function fieldValue(ms: number): string {
  const time = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** The other way round; undefined while the field holds no time. */
export function timeOfField(value: string): number | undefined {
  const time = new Date(value).getTime();
  return Number.isNaN(time) ? undefined : time;
}

/** Tomorrow morning at nine: what a message is most often scheduled for. */
export function tomorrowMorning(now: number): number {
  const time = new Date(now);
  return new Date(time.getFullYear(), time.getMonth(), time.getDate() + 1, 9).getTime();
}
