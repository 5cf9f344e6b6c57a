import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

describe('somebody with several browsers', () => {
  let visitors: Visitors;
  let server: TestNode;

  beforeAll(async () => {
    server = await startTestNode();
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
  });

  async function devicesIn({ page }: MessengerPage): Promise<Locator> {
    await page.getByRole('button', { name: 'Linked devices' }).click();
    const list = page.getByRole('dialog', { name: 'Linked devices' }).getByRole('list', { name: 'Devices' });
    await list.waitFor();
    return list.getByRole('listitem');
  }

  it('sees all of them, and signs one of them out', async () => {
    const [here, there] = [
      await visitors.signIn(server.url, 'alice', 'Alice'),
      await visitors.signIn(server.url, 'alice', 'Alice'),
    ];
    const devices = await devicesIn(here);
    await expect.poll(() => devices.count()).toBe(2);
    await devices.filter({ hasText: 'This browser' }).waitFor();
    const other = devices.filter({ hasText: 'Connected now' });
    expect(await other.innerText()).toContain('Chrome on');
    await other.getByRole('button', { name: /^Sign out Messenger in/ }).click();
    await expect.poll(() => devices.count()).toBe(1);
    expect(await devices.getByRole('button').count()).toBe(0);

    await there.page.getByText('This device was signed out.').waitFor();
    await there.page.getByRole('button', { name: 'Sign in again' }).click();
    await there.page.getByRole('heading', { name: 'Sign in to Stoa' }).waitFor();
    await here.page.keyboard.press('Escape');
    await here.online();
  });
});

it('who may have one device uses the one where he says so', async () => {
  const server = await startTestNode({ env: { STOA_DEVICES_PER_USER: '1' } });
  const visitors = await Visitors.launch();
  try {
    const phone = await visitors.signIn(server.url, 'bob', 'Bob');
    const laptop = await visitors.signIn(server.url, 'bob', 'Bob');
    await phone.page.getByText('The user signed in elsewhere.').waitFor();
    await phone.page.getByRole('button', { name: 'Use here' }).click();
    await phone.online();
    await laptop.page.getByRole('button', { name: 'Use here' }).waitFor();
    await visitors.leave();
  } finally {
    await visitors.close();
    await server.close();
  }
});
