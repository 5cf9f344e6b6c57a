import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoFaults } from './support/audit.ts';
import { Visitors } from './support/visitors.ts';

describe('the messenger without a mouse or good eyes', () => {
  let server: TestNode;
  let visitors: Visitors;

  beforeAll(async () => {
    server = await startTestNode();
    await Promise.all(['bob', 'carol'].map((address) => server.addUser(address)));
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
  });

  it.each(['light', 'dark'] as const)(
    'has names, landmarks and contrast on every screen (%s)',
    async (colorScheme) => {
      const page = await visitors.visit(server.url, { colorScheme });
      await page.getByRole('button', { name: 'bob', exact: true }).waitFor();
      await hasNoFaults(page);

      const alice = await visitors.signIn(server.url, `alice-${colorScheme}`, 'Alice', { colorScheme });
      await alice.page.getByRole('heading', { name: 'Pick a chat' }).waitFor();
      await hasNoFaults(alice.page);

      await alice.openChat('bob');
      await alice.write('With a link: https://example.org/.');
      await alice.openChat('nobody');
      await alice.write('Refused');
      await alice.tick('Refused', 'failed');
      await hasNoFaults(alice.page);
      await alice.openRow('bob');
      await alice.tick('With a link', 'sent');
      await hasNoFaults(alice.page);

      await alice.page.getByRole('button', { name: 'Linked devices' }).click();
      await alice.page.getByRole('dialog', { name: 'Linked devices' }).getByText('This browser').waitFor();
      await hasNoFaults(alice.page);
    },
  );

  it('signs in, finds somebody and writes with the keyboard alone', async () => {
    const page = await visitors.visit(server.url);
    await page.getByRole('button', { name: 'bob', exact: true }).waitFor();
    await press(page, 'Tab');
    await focus(page).toBe('Address');
    await page.keyboard.type('dora');
    await press(page, 'Enter');

    await page.getByRole('searchbox').waitFor();
    await press(page, 'Tab');
    await focus(page).toBe('Your profile');
    await press(page, 'Tab');
    await focus(page).toBe('New group');
    await press(page, 'Tab');
    await focus(page).toBe('Notifications');
    await press(page, 'Tab');
    await focus(page).toBe('Linked devices');
    await press(page, 'Tab', 'Tab');
    await focus(page).toMatch(/^Search chats/);
    await page.keyboard.type('bob');
    await press(page, 'Enter');
    await focus(page).toBe('Message to bob');
    await page.keyboard.type('Look, no mouse');
    await press(page, 'Enter');
    await page.keyboard.type('and again');
    await press(page, 'Enter');
    await page.getByRole('article').nth(1).waitFor();

    await press(page, 'Shift+Tab');
    await focus(page).toContain('and again');
    await press(page, 'ArrowUp');
    await focus(page).toContain('Look, no mouse');
    await press(page, 'End');
    await focus(page).toContain('and again');
    await press(page, 'Tab');
    await focus(page).toBe('Message to bob');
  });

  it('opens and closes the list of devices with the keyboard, and has the focus back where it was', async () => {
    const { page } = await visitors.signIn(server.url, 'gus', 'Gus');
    await page.getByRole('button', { name: 'Linked devices' }).focus();
    await press(page, 'Enter');
    await page.getByRole('dialog').getByText('This browser').waitFor();
    await focus(page).toBe('Close');
    await press(page, 'Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await focus(page).toBe('Linked devices');
  });

  it('moves through the list of chats with the arrow keys, as one stop of the Tab key', async () => {
    const { page } = await visitors.signIn(server.url, 'emil', 'Emil');
    await page.getByRole('link', { name: /^bob/ }).waitFor();
    await page.getByRole('searchbox').focus();
    const names = new Set<string>();
    await press(page, 'Tab');
    for (let count = 0; count < 3; count += 1) {
      names.add(await focused(page));
      await press(page, 'ArrowDown');
    }
    expect(names.size).toBeGreaterThan(1);
    await press(page, 'Home', 'Enter');
    await page.getByRole('textbox', { name: /^Message to/ }).waitFor();
  });

  it('tells a screen reader what comes: a log for messages, a status for the connection', async () => {
    const { page, openChat } = await visitors.signIn(server.url, 'fay', 'Fay').then((messenger) => ({
      page: messenger.page,
      openChat: (address: string) => messenger.openChat(address),
    }));
    await openChat('bob');
    await page.getByRole('log', { name: 'Messages with bob' }).waitFor();
    await page.getByRole('status').waitFor({ state: 'attached' });
    expect(await page.getByRole('navigation', { name: 'Chats' }).count()).toBe(1);
  });
});

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** What has the focus, once the page has put it where it belongs. */
const focus = (page: Page) => expect.poll(() => focused(page));

/** What a screen reader would say of the element that has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element instanceof HTMLInputElement && element.labels?.[0])
      return element.labels[0].textContent.trim();
    return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
  });
}
