import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerProcess, tempFolder } from '@stoa/testkit';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startCallPages } from './calls/pages.ts';
import { allSeeAndHear, newBand, playInBand, seeingTheOthers } from './rooms/band.ts';
import { recovers } from './rooms/recovery.ts';
import { logOf } from './rooms/room-stage.ts';
import type { MessengerPage } from './support/messenger-page.ts';
import { connectionFailures } from './support/page-problems.ts';
import { Visitors } from './support/visitors.ts';

describe('a server that is killed while people chat', () => {
  const folder = tempFolder();
  let server: ServerProcess;
  let visitors: Visitors;

  beforeAll(async () => {
    server = await ServerProcess.start({
      dataDir: folder.path,
      env: { STOA_LOG_LEVEL: 'error', STOA_MEDIA_ADDRESS: '127.0.0.1', STOA_MEDIA_WORKERS: '1' },
    });
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.kill();
    folder.remove();
  });

  function signIn(address: string): Promise<MessengerPage> {
    return visitors.signIn(server.url, address, address, { expected: connectionFailures });
  }

  it('is missed, and both go on by themselves when it is back', { timeout: 120_000 }, async () => {
    const [alice, bob] = await Promise.all([signIn('alice'), signIn('bob')]);
    await alice.openChat('bob');
    await bob.openChat('alice');
    await alice.write('Before');
    await alice.tick('Before', 'read');

    await server.kill();
    await Promise.all([alice.offline(), bob.offline()]);
    await alice.write('During, from Alice');
    await alice.tick('During, from Alice', 'outbox');
    await bob.write('During, from Bob');
    await expect.poll(() => bob.texts()).toEqual(['Before', 'During, from Bob']);

    await server.start();
    await Promise.all([alice.online(), bob.online()]);
    await alice.tick('During, from Alice', 'read');
    await bob.tick('During, from Bob', 'read');
    await bob.write('After');
    await alice.message('After').waitFor();
    const both = () => Promise.all([alice.texts(), bob.texts()]);
    await expect.poll(async () => (await both()).map(({ length }) => length)).toEqual([4, 4]);
    await expect.poll(async () => new Set((await both()).map((texts) => texts.join())).size).toBe(1);
  });

  it('gets what was written without it, once, also when the page was reloaded meanwhile', {
    timeout: 120_000,
  }, async () => {
    const [carol, dave] = await Promise.all([signIn('carol'), signIn('dave')]);
    await dave.openChat('carol');
    await carol.openChat('dave');
    await carol.write('Hello');
    await carol.tick('Hello', 'read');

    await server.kill();
    await carol.offline();
    await carol.write('Written without a server');
    await carol.write('So was this');
    await carol.tick('So was this', 'outbox');
    await servePageWithoutServer(carol.page.context(), server.url);
    // Of a page that came from no server, Chromium does not know that it is from this machine.
    await carol.page.context().grantPermissions(['local-network-access']);
    await carol.page.reload();
    await carol.tick('Written without a server', 'outbox');
    await carol.tick('So was this', 'outbox');
    await expect.poll(() => carol.texts()).toEqual(['Hello', 'Written without a server', 'So was this']);

    await server.start();
    await carol.tick('So was this', 'read');
    await carol.page.reload();
    await carol.tick('So was this', 'read');
    const texts = ['Hello', 'Written without a server', 'So was this'];
    await expect.poll(() => carol.texts()).toEqual(texts);
    await expect.poll(() => dave.texts()).toEqual(texts);
  });

  it('has the people in a room see and hear each other again by themselves', {
    timeout: 180_000,
  }, async () => {
    const roomPages = await startCallPages(new URL('rooms/page-script.ts', import.meta.url));
    const addresses = ['erin', 'frank'];
    const { gid, people } = await newBand(server.url, addresses);
    const pages: Page[] = [];
    for (const { token } of people) {
      const place = { gid, pageUrl: roomPages.url, server: server.url, token };
      pages.push(await playInBand(visitors, place));
    }
    await allSeeAndHear(pages, addresses);
    const killedAt = Date.now();
    await server.restart('SIGKILL');
    await recovers(
      'the only node is killed and starts again, from when it listens',
      killedAt,
      seeingTheOthers(pages, addresses),
      Date.now(),
    );
    await allSeeAndHear(pages, addresses);
    for (const page of pages)
      expect((await logOf(page)).filter((line) => /^(ended|problem)/.test(line))).toEqual([]);
    await roomPages.close();
  });
});

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** The files of the page come as from the browser's cache; all else goes to the server, which may be gone. */
async function servePageWithoutServer(context: BrowserContext, url: string): Promise<void> {
  const dist = fileURLToPath(new URL('../apps/messenger/dist', import.meta.url));
  await context.route(/\/(assets\/[^/]+|favicon\.svg)?$/, async (route) => {
    const { pathname, origin } = new URL(route.request().url());
    if (origin !== new URL(url).origin) return route.continue();
    const path = `${dist}${pathname === '/' ? '/index.html' : pathname}`;
    const contentType = types[extname(path)] ?? 'image/svg+xml';
    return route.fulfill({ body: await readFile(path), contentType });
  });
}
