import { startTestNode, type TestNode, until } from '@stoa/testkit';
import type { CDPSession } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MessengerPage } from './support/messenger-page.ts';
import { Visitors } from './support/visitors.ts';

/** Longer than tabs wait for a leader who does not answer. */
const takeOverMs = 30_000;

describe('several tabs of one browser', () => {
  let server: TestNode;
  let visitors: Visitors;

  beforeAll(async () => {
    server = await startTestNode();
    visitors = await Visitors.launch();
  });
  afterEach(() => visitors.leave());
  afterAll(async () => {
    await visitors?.close();
    await server?.close();
  });

  /** Tabs of one browser in which the same person has signed in once. The first one leads. */
  async function tabsOf(address: string, count: number): Promise<MessengerPage[]> {
    const first = new MessengerPage(await visitors.visit(server.url));
    await first.signIn(address, address, true);
    const tabs = [first];
    while (tabs.length < count) {
      const tab = new MessengerPage(await first.page.context().newPage());
      await tab.page.goto(server.url);
      await tab.online();
      tabs.push(tab);
    }
    return tabs;
  }

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  }

  /** The server counts about once a second. */
  async function connections(count: number): Promise<void> {
    let seen = Number.NaN;
    await until(
      () => seen === count,
      (look) => {
        const timer = setInterval(async () => {
          seen = await metric('stoa_connections');
          look();
        }, 100);
        return () => clearInterval(timer);
      },
      `${count} connections`,
    );
  }

  const session = (tab: MessengerPage): Promise<CDPSession> => tab.page.context().newCDPSession(tab.page);

  it('have one connection, and show the same', async () => {
    const tabs = await tabsOf('alice', 3);
    await connections(1);
    const bob = await visitors.signIn(server.url, 'bob', 'Bob');
    await connections(2);
    await bob.openChat('alice');
    await bob.write('One');
    await bob.write('Two');
    for (const tab of tabs) await tab.row('Bob').getByText('2 unread').waitFor();
    const [, second, third] = tabs;
    await second?.openRow('Bob');
    for (const tab of tabs) await tab.row('Bob').getByText('unread').waitFor({ state: 'hidden' });
    await bob.tick('Two', 'read');
    await third?.openRow('Bob');
    await third?.write('From the third tab');
    await second?.message('From the third tab').waitFor();
    await second?.tick('From the third tab', 'read');
    await connections(2);
  });

  it('go on when the one with the connection is closed', async () => {
    const [leader, second, third] = await tabsOf('carol', 3);
    const dave = await visitors.signIn(server.url, 'dave', 'Dave');
    await second?.openChat('dave');
    await leader?.page.close();
    // Whoever takes over: this is written while it happens.
    await second?.write('Who is there?');
    await second?.tick('Who is there?', 'delivered');
    await dave.openRow('carol');
    await dave.write('Me');
    await second?.message('Me').waitFor();
    await third?.openRow('Dave');
    await third?.message('Me').waitFor();
    await expect.poll(() => third?.texts()).toEqual(['Who is there?', 'Me']);
    await expect.poll(() => second?.texts()).toEqual(['Who is there?', 'Me']);
    await connections(2);
  });

  it('lose nothing when the one with the connection crashes', async () => {
    const [leader, second] = await tabsOf('erin', 2);
    const frank = await visitors.signIn(server.url, 'frank', 'Frank');
    await second?.openChat('frank');
    await second?.write('Before');
    await second?.tick('Before', 'delivered');
    if (leader !== undefined) {
      const crashed = leader.page.waitForEvent('crash');
      (await session(leader)).send('Page.crash').catch(() => {});
      for (const text of ['1', '2', '3']) await second?.write(`During ${text}`);
      await crashed;
    }
    await second?.write('After');
    await second?.tick('After', 'delivered');
    await frank.openRow('erin');
    await frank.message('After').waitFor();
    const texts = ['Before', 'During 1', 'During 2', 'During 3', 'After'];
    await expect.poll(() => frank.texts()).toEqual(texts);
    await expect.poll(() => second?.texts()).toEqual(texts);
  });

  it('take over from one that the browser has frozen, which follows when it is thawed', async () => {
    const [leader, second] = await tabsOf('gina', 2);
    if (leader === undefined || second === undefined) throw new Error('no tabs');
    const hank = await visitors.signIn(server.url, 'hank', 'Hank');
    await second.openChat('hank');
    const browser = await session(leader);
    await browser.send('Page.setWebLifecycleState', { state: 'frozen' });
    await second.write('Anybody?');
    await second.message('Anybody?').locator('[data-status="delivered"]').waitFor({ timeout: takeOverMs });
    await hank.openRow('gina');
    await hank.write('Yes');
    await second.message('Yes').waitFor();
    await browser.send('Page.setWebLifecycleState', { state: 'active' });
    await leader.online();
    await leader.openRow('Hank');
    await leader.message('Yes').waitFor();
    await expect.poll(() => leader.texts()).toEqual(['Anybody?', 'Yes']);
    await leader.write('Good morning');
    await second.message('Good morning').waitFor();
    await expect.poll(() => second.texts()).toEqual(['Anybody?', 'Yes', 'Good morning']);
    await connections(2);
  });

  it('of one person who signs in twice share the second sign-in', async () => {
    const first = await visitors.signIn(server.url, 'paula', 'Paula');
    const second = new MessengerPage(await first.page.context().newPage());
    await second.page.goto(server.url);
    await second.signIn('paula', 'Paula');
    await first.online();
    await server.addUser('rosa');
    await first.openChat('rosa');
    await first.write('Here I am');
    await first.tick('Here I am', 'sent');
    await second.openRow('rosa');
    await second.message('Here I am').waitFor();
    await connections(1);
  });
});
