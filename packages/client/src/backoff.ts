const firstMs = 300;
const longestMs = 30_000;
const longestInHasteMs = 1_000;

/**
 * Time to wait before an attempt: anything up to a bound that doubles with every failure (full jitter), so that
 * clients that lost their server together do not come back together.
 *
 * @param failures number of failed attempts before, from 0
 * @param random from 0 (included) to 1
 */
export function backoffMs(failures: number, random: number): number {
  return Math.round(random * Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20)));
}

/**
 * The same while somebody waits for it: up to a second. Never much sooner, since Chromium holds up the WebSockets of a page
 * by seconds after a dozen that have failed.
 */
export function hastyBackoffMs(failures: number, random: number): number {
  return Math.round(((1 + random) / 2) * Math.min(longestInHasteMs, firstMs * 2 ** Math.min(failures, 20)));
}
