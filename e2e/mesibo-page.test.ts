import { startTestNode, type TestNode, type TestUser, testAppToken } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PageServer, startPageServer } from './support/page-server.ts';
import { Visitors } from './support/visitors.ts';

describe('a page of another origin that uses mesibo.js', () => {
  let server: TestNode;
  let pages: PageServer;
  let visitors: Visitors;

  beforeAll(async () => {
    server = await startTestNode();
    pages = await startPageServer();
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await pages?.close();
    await server?.close();
  });

  function open(
    kind: 'v1' | 'v2' | 'files',
    { token }: TestUser,
    { expected = [], ...more }: { tabs?: string; expected?: readonly RegExp[] } = {},
  ): Promise<Page> {
    const query = new URLSearchParams({ server: server.url, token, ...more });
    // Chromium asks its user before a page reaches a server on the same machine.
    return visitors.visit(`${pages.url}/mesibo-${kind}.html?${query}`, {
      permissions: ['local-network-access'],
      expected,
    });
  }

  it.each(['v1', 'v2'] as const)('comes online with the start-up of %s', async (generation) => {
    const page = await open(generation, await server.addUser(`starter-${generation}`));
    await printed(page, 'connection 6');
    await printed(page, 'connection 1');
  });

  it('is told when its token is not valid', async () => {
    const page = await open('v1', { uid: 0, address: 'nobody', token: 'not-a-token-of-this-server' });
    await printed(page, 'connection 4');
  });

  /** Another tab of the same browser. */
  async function openBeside(page: Page): Promise<Page> {
    const other = await page.context().newPage();
    await other.goto(page.url());
    return other;
  }

  it('shares one connection with the other tabs when it asks for that', async () => {
    const [sharer, writer] = await Promise.all([server.addUser('sharer'), server.addUser('writer')]);
    const first = await open('v2', sharer, { tabs: 'share' });
    await printed(first, 'sharing true');
    await printed(first, 'connection 1');
    const second = await openBeside(first);
    await printed(second, 'connection 1');
    const v1 = await open('v1', writer);
    await printed(v1, 'connection 1');
    await server.sessionsOf(2);
    expect(await run(v1, `send('sharer', 1, 'To all tabs')`)).toBe(0);
    for (const page of [first, second]) await printed(page, 'writer: To all tabs');
    await first.close();
    await run(second, `send('writer', 'From the tab that is left')`);
    await printed(v1, 'sharer: From the tab that is left');
  });

  it('is signed out when another tab is opened and it does not share', async () => {
    const first = await open('v2', await server.addUser('loner'));
    await printed(first, 'connection 1');
    const second = await openBeside(first);
    await printed(second, 'connection 1');
    await printed(first, 'connection 3');
  });

  it('is told when its device was signed out', async () => {
    const page = await open('v2', await server.addUser('guest'));
    await printed(page, 'connection 1');
    await fetch(`${server.url}/v1/users/guest/devices`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${testAppToken}` },
    });
    await printed(page, 'connection 3');
  });

  it('exchanges messages, and their status, with the other generation', async () => {
    const [old, young] = await Promise.all([server.addUser('old'), server.addUser('young')]);
    const [v1, v2] = await Promise.all([open('v1', old), open('v2', young)]);
    await Promise.all([printed(v1, 'connection 1'), printed(v2, 'connection 1')]);
    await printed(v2, 'database open');

    expect(await run(v1, `send('young', 4711, 'Hello from v1')`)).toBe(0);
    await printed(v2, 'old: Hello from v1');
    await printed(v1, 'message 4711 has status 2');
    await run(v2, `show('old')`);
    await printed(v1, 'message 4711 has status 3');

    expect(await run(v2, `send('old', 'Hello from v2')`)).toBe(0);
    await printed(v1, 'young: Hello from v2');
    await printed(v2, '"Hello from v2" is read');
  });

  it('goes on with a file after it was loaded anew, and shows a picture without the network', async () => {
    const expected = [/net::ERR_(FAILED|INTERNET_DISCONNECTED)/, /Failed to (fetch|load)/];
    const [giver, taker] = await Promise.all([server.addUser('giver'), server.addUser('taker')]);
    const [from, to] = await Promise.all([
      open('files', giver, { expected }),
      open('files', taker, { expected }),
    ]);
    await Promise.all([from, to].map((page) => printed(page, 'connection 1')));
    const pieces = /\/files\/uploads\/\w+$/;
    await from.context().route(pieces, (route) => route.abort());
    const file = { name: 'a.png', mimeType: 'image/png', buffer: png };
    await from.locator('#filefield').setInputFiles(file);
    const begun = from.waitForRequest(pieces);
    expect(await run(from, `sendFile('taker', 'A picture')`)).toBe(0);
    await printed(from, 'waiting A picture');
    await begun;
    await from.reload();
    // It is shown again, and is not lost, although nothing of the page is left.
    await printed(from, 'waiting A picture');
    await from.context().unroute(pieces);
    await printed(to, 'received A picture');
    await printed(from, 'status 2 of A picture');
    await printed(from, 'transferred true');

    // Its service worker sees what a page loads after it was there.
    await to.evaluate(() => navigator.serviceWorker.ready);
    await to.reload();
    await printed(to, 'connection 1');
    await run(from, `sendFile('taker', 'None')`);
    await printed(from, 'status 128 of None');
    await from.locator('#filefield').setInputFiles(file);
    await run(from, `sendFile('taker', 'Another')`);
    await printed(to, 'received Another');
    expect(await run(to, 'show()')).toBe('1x1');
    const kept = () => to.evaluate(async () => (await (await caches.open('stoa-pictures')).keys()).length);
    await expect.poll(kept, { timeout: 20_000 }).toBe(1);
    await to.context().setOffline(true);
    expect(await run(to, 'show()')).toBe('1x1');
    // Not by what the browser has cached under this very link: links change.
    expect(await run(to, `show(latest.file.url.replace(/signature=.*/, 'signature=another'))`)).toBe('1x1');
  });
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Resolves when the page has printed the line. */
async function printed(page: Page, line: string): Promise<void> {
  await page.getByRole('listitem').filter({ hasText: line }).first().waitFor();
}

/** Runs a line of the page's own script. */
function run(page: Page, script: string): Promise<unknown> {
  return page.evaluate(script);
}
