import { percentiles, tableLines } from '@stoa/cli/bench';
import { addUser, backend, launchBrowser, ServerProcess, tempFolder } from '@stoa/testkit';
import type { BrowserContext, Page } from 'playwright-core';
import { startCallPages } from '../../../e2e/calls/pages.ts';
import type { Joiner } from './page.ts';

declare global {
  /** In the pages. */
  const joiner: Joiner;
}

/** How long it takes in Chromium from joining a room, in which somebody publishes, to the first decoded frame. */
export async function joinBench(joins: number): Promise<number[]> {
  const folder = tempFolder();
  const server = await ServerProcess.start({ dataDir: folder.path, env: { STOA_LOG_LEVEL: 'error' } });
  const pages = await startCallPages(new URL('page.ts', import.meta.url));
  const browser = await launchBrowser();
  try {
    // Chromium asks its user before a page reaches a server on the same machine.
    const permissions = ['local-network-access', 'camera', 'microphone'];
    const context = await browser.newContext({ permissions });
    const open = async (user: string): Promise<Page> => visit(context, pages.url, server.url, user);
    const [alice, bob] = [await open('alice'), await open('bob')];
    const { group } = await backend(server.url, 'groupadd', {
      group: { name: 'Band', members: { m: 'alice,bob' } },
    });
    const { gid } = group as { gid: number };
    await alice.evaluate((of) => joiner.publish(of), gid);
    // The first one loads what later ones find loaded.
    await bob.evaluate((of) => joiner.join(of), gid);
    const times: number[] = [];
    for (let join = 0; join < joins; join += 1) times.push(await bob.evaluate((of) => joiner.join(of), gid));
    return times;
  } finally {
    await browser.close();
    await pages.close();
    await server.kill();
    folder.remove();
  }
}

export function printJoins(times: readonly number[]): void {
  const { p50, p95 } = percentiles(times);
  const rows = [
    ['', 'p50 ms', 'p95 ms'],
    [`${times.length} joins`, p50.toFixed(0), p95.toFixed(0)],
  ];
  console.log(['', 'From joining to the first decoded frame, in Chromium', ...tableLines(rows)].join('\n'));
}

async function visit(context: BrowserContext, url: string, server: string, user: string): Promise<Page> {
  const { token } = await addUser(server, user);
  const page = await context.newPage();
  await page.goto(`${url}/?${new URLSearchParams({ server, token, user })}`);
  await page.waitForFunction(() => joiner.client.status.state === 'online');
  return page;
}
