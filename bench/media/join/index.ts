import { percentiles, tableLines } from '@stoa/cli/bench';
import { backend } from '@stoa/testkit';
import { withPages } from '../../with-pages.ts';
import type { Joiner } from './page.ts';

declare global {
  /** In the pages. */
  const joiner: Joiner;
}

/** How long it takes in Chromium from joining a room, in which somebody publishes, to the first decoded frame. */
export function joinBench(joins: number): Promise<number[]> {
  return withPages(new URL('page.ts', import.meta.url), async ({ url, open }) => {
    const isOnline = (): boolean => joiner.client.status.state === 'online';
    const [alice, bob] = [await open('alice', isOnline), await open('bob', isOnline)];
    const { group } = await backend(url, 'groupadd', {
      group: { name: 'Band', members: { m: 'alice,bob' } },
    });
    const { gid } = group as { gid: number };
    await alice.evaluate((of) => joiner.publish(of), gid);
    // The first one loads what later ones find loaded.
    await bob.evaluate((of) => joiner.join(of), gid);
    const times: number[] = [];
    for (let join = 0; join < joins; join += 1) times.push(await bob.evaluate((of) => joiner.join(of), gid));
    return times;
  });
}

export function printJoins(times: readonly number[]): void {
  const { p50, p95 } = percentiles(times);
  const rows = [
    ['', 'p50 ms', 'p95 ms'],
    [`${times.length} joins`, p50.toFixed(0), p95.toFixed(0)],
  ];
  console.log(['', 'From joining to the first decoded frame, in Chromium', ...tableLines(rows)].join('\n'));
}
