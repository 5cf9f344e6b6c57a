const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** How large a file is, for people: 1000 bytes are a kilobyte. */
export function shownSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
