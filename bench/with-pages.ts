import { addUser, launchBrowser, ServerProcess, tempFolder } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { startCallPages } from '../e2e/calls/pages.ts';

/** A server, and one Chromium for all its users. */
export interface Pages {
  /** Of the server. */
  readonly url: string;
  /** A page of a new user, with `server`, `token` and `user` in its address; resolves when `isOnline` holds in it. */
  open(user: string, isOnline: () => boolean): Promise<Page>;
}

/** Serves pages with this script for as long as they are used. */
export async function withPages<T>(script: URL, use: (pages: Pages) => Promise<T>): Promise<T> {
  const folder = tempFolder();
  const server = await ServerProcess.start({ dataDir: folder.path, env: { STOA_LOG_LEVEL: 'error' } });
  const pages = await startCallPages(script);
  const browser = await launchBrowser();
  try {
    // Chromium asks its user before a page reaches a server on the same machine.
    const permissions = ['local-network-access', 'camera', 'microphone'];
    const context = await browser.newContext({ permissions });
    return await use({
      url: server.url,
      async open(user, isOnline) {
        const { token } = await addUser(server.url, user);
        const page = await context.newPage();
        await page.goto(`${pages.url}/?${new URLSearchParams({ server: server.url, token, user })}`);
        await page.waitForFunction(isOnline);
        return page;
      },
    });
  } finally {
    await browser.close();
    await pages.close();
    await server.kill();
    folder.remove();
  }
}
