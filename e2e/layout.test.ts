import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closed } from './support/closed.ts';
import { Visitors } from './support/visitors.ts';

describe('the layout of the messenger', () => {
  let server: TestNode;
  let visitors: Visitors;

  beforeAll(async () => {
    server = await startTestNode();
    await server.addUser('bob');
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
  });

  it('shows one pane at a time on a phone, with a way back', async () => {
    const viewport = { width: 360, height: 640 };
    const { page, ...alice } = await phone(viewport);
    await expect.poll(() => overflows(page)).toBe(false);
    await page.getByRole('main').waitFor({ state: 'hidden' });

    await page.getByRole('link', { name: /^bob/ }).click();
    await alice.messenger.write('x'.repeat(300));
    await page.getByRole('navigation', { name: 'Chats' }).waitFor({ state: 'hidden' });
    await expect.poll(() => overflows(page)).toBe(false);
    await expect.poll(() => bottomOf(alice.messenger.composer)).toBeLessThanOrEqual(viewport.height);

    await page.getByRole('link', { name: 'Back to the chats' }).click();
    await page.getByRole('navigation', { name: 'Chats' }).waitFor();
    await page.goBack();
    await alice.messenger.composer.waitFor();

    // A finger that is held on a message opens its menu, also where the browser has no event for that.
    await page.evaluate(() => {
      window.addEventListener('contextmenu', (event) => event.stopImmediatePropagation(), true);
    });
    const message = alice.messenger.message('x'.repeat(300));
    await touch(message, 'touchstart');
    await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
    expect(await touch(message, 'touchend')).toBe('prevented');
    await page.keyboard.press('Escape');
    await closed(page, 'menu');

    // Held sideways, everything in menus and dialogs can still be reached.
    await page.setViewportSize({ width: viewport.height, height: viewport.width });
    await page.getByRole('button', { name: 'Chat actions' }).click();
    await page.getByRole('menuitem', { name: 'Clear this chat' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Back to the chats' }).click();
    await page.getByRole('button', { name: 'New group' }).click();
    await page.getByLabel('Invited? Enter the code').click();
    const field = page.getByLabel('Invited? Enter the code');
    await expect.poll(() => bottomOf(field)).toBeLessThanOrEqual(viewport.width);
  });

  it('can be installed as an application', async () => {
    const page = await visitors.visit(`${server.url}/messenger/`);
    const session = await page.context().newCDPSession(page);
    const { url, errors } = await session.send('Page.getAppManifest');
    expect(url).toBe(`${server.url}/messenger/manifest.webmanifest`);
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // What these tests run in keeps nothing, and installs nothing.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  });

  it('shows list and chat side by side from 720 pixels', async () => {
    const alice = await visitors.signIn(server.url, 'alice', 'Alice', {
      viewport: { width: 720, height: 600 },
    });
    await alice.openChat('bob');
    await alice.row('bob').waitFor();
    await alice.page.getByRole('link', { name: 'Back to the chats' }).waitFor({ state: 'hidden' });
    await expect.poll(() => overflows(alice.page)).toBe(false);
  });

  it('moves nothing while messages come and the connection changes', async () => {
    const alice = await visitors.signIn(server.url, 'alice', 'Alice');
    await alice.page.evaluate(countLayoutShifts);
    await alice.openChat('bob');
    await alice.write('One');
    await alice.tick('One', 'sent');
    await alice.write('Two');
    await alice.tick('Two', 'sent');
    expect(await alice.page.evaluate(() => Reflect.get(window, 'layoutShift'))).toBeLessThan(0.02);
  });

  it('opens the chat of a link after signing in', async () => {
    const page = await visitors.visit(`${server.url}/messenger/#/chat/bob`);
    await page.getByRole('button', { name: 'bob', exact: true }).waitFor();
    await page.getByLabel('Address').fill('alice');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('textbox', { name: 'Message to bob' }).waitFor();
  });

  async function phone(viewport: { width: number; height: number }) {
    const messenger = await visitors.signIn(server.url, 'alice', 'Alice', { viewport });
    return { page: messenger.page, messenger };
  }
});

describe('the sign-in page', () => {
  let visitors: Visitors;
  beforeAll(async () => {
    visitors = await Visitors.launch();
  });
  afterAll(() => visitors?.close());

  it('explains when the demo is switched off', async () => {
    const server = await startTestNode({ env: { STOA_DEMO: 'off' } });
    try {
      const page = await visitors.visit(server.url, { expected: [/status of 403/] });
      await page.getByRole('alert').getByText('The demo sign-in is switched off on this server.').waitFor();
      expect(await page.getByLabel('Address').count()).toBe(0);
    } finally {
      await server.close();
    }
  });
});

/** Where an element ends, in pixels from the top. */
async function bottomOf(element: Locator): Promise<number> {
  const { y, height } = (await element.boundingBox()) ?? { y: Number.NaN, height: 0 };
  return y + height;
}

function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

/** Touches an element, or lets it go; says whether the page has left it to the browser. */
function touch(what: Locator, type: 'touchstart' | 'touchend'): Promise<'prevented' | 'left'> {
  return what.evaluate((target, type) => {
    const finger = new Touch({ identifier: 1, target, clientX: 100, clientY: 100 });
    const touches = type === 'touchstart' ? [finger] : [];
    const options = { bubbles: true, cancelable: true, touches, changedTouches: [finger] };
    return target.dispatchEvent(new TouchEvent(type, options)) ? 'left' : 'prevented';
  }, type);
}

/** Adds up the movements of what stood still, apart from those that an input causes (as in web vitals). */
function countLayoutShifts(): void {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[]) {
      if (!entry.hadRecentInput) sum += entry.value;
      Reflect.set(window, 'layoutShift', sum);
    }
  }).observe({ type: 'layout-shift', buffered: false });
  Reflect.set(window, 'layoutShift', sum);
}
