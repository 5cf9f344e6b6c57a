const firstMs = 300;
const longestMs = 30_000;
/** While somebody waits for it: as long as a room waits for a device, it is found again within a second. */
export const longestInHasteMs = 1_000;

/**
 * Time to wait before an attempt: anything up to a bound that doubles with every failure (full jitter), so that
 * clients that lost their server together do not come back together.
 *
 * @param failures number of failed attempts before, from 0
 * @param random from 0 (included) to 1
 * @param longest milliseconds that the bound never exceeds
 */
export function backoffMs(failures: number, random: number, longest = longestMs): number {
  return Math.round(random * Math.min(longest, firstMs * 2 ** Math.min(failures, 20)));
}
