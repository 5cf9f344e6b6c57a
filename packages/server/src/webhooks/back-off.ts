/**
 * Milliseconds until the next request after so many failures in a row: twice as long each time, up to an hour, and by
 * chance up to a half shorter, so that what failed together does not come back together.
 *
 * @param random From 0 to 1.
 */
export function backOffMs(failures: number, random: number): number {
  const longest = Math.min(firstMs * 2 ** (failures - 1), mostMs);
  return Math.round(longest * (1 - random / 2));
}

const firstMs = 2_000;
const mostMs = 3_600_000;
