import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { patience } from './room-stage.ts';

/** Milliseconds until everybody sees pictures again, on a machine that has nothing else to do. */
const promisedMs = 5_000;

/** Of which there may be dozens before a server is there again. */
const attempts: ReadonlySet<string> = new Set(['connecting', 'offline']);

/** What the times of a page have to have in them: with `pictures bob`, the first one of Bob's on a new connection. */
export interface Recovering {
  readonly page: Page;
  readonly sees: readonly string[];
}

/**
 * Waits until all of it has happened after `since`, and says when, counted from `from`. What is promised is asserted only with
 * `STOA_TEST_STRICT_TIMES=1`: where other tests run at the same time, starting a process alone may take longer.
 */
export async function recovers(
  what: string,
  since: number,
  pages: readonly Recovering[],
  from = since,
): Promise<void> {
  const timesOf = async ({ page }: Recovering) =>
    (await page.evaluate(() => roomPage.times)).filter(({ at }) => at >= since);
  const missing = async () => {
    const found = await Promise.all(pages.map(timesOf));
    return pages.flatMap(({ sees }, index) =>
      sees.filter((wanted) => !found[index]?.some((time) => time.what === wanted)),
    );
  };
  await expect.poll(missing, patience).toEqual([]);
  const found = await Promise.all(pages.map(timesOf));
  const first = pages.flatMap(({ sees }, index) =>
    sees.map((wanted) => found[index]?.find((time) => time.what === wanted)?.at ?? Number.NaN),
  );
  const tookMs = Math.max(...first) - from;
  const steps = found.map((times) =>
    times
      .filter(({ what: step }) => !attempts.has(step))
      .map(({ at, what: step }) => `${at - from} ${step}`)
      .join(', '),
  );
  console.info(`${what}: ${tookMs} ms\n  ${steps.join('\n  ')}`);
  if (process.env.STOA_TEST_STRICT_TIMES === '1') expect(tookMs).toBeLessThan(promisedMs);
}
