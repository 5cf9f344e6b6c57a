import { WorkerEngine } from '@stoa/media';
import { groupFlags } from '@stoa/protocol';
import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
import type { RoomHarness } from './page-script.ts';

declare global {
  /** In the page. */
  const roomPage: RoomHarness;
}

/** Two cores, and three browsers that encode and decode. */
const patience = { timeout: 30_000, interval: 100 };

let engine: WorkerEngine;
let node: TestNode;
let pages: CallPages;
let visitors: Visitors;
let users = 0;

beforeAll(async () => {
  engine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
  [node, pages, visitors] = await Promise.all([
    startTestNode({ media: engine }),
    startCallPages(new URL('page-script.ts', import.meta.url)),
    Visitors.launch(),
  ]);
}, 60_000);
afterEach(() => visitors.leave());
afterAll(async () => {
  await visitors?.close();
  await pages?.close();
  await node?.close();
});

/** Everybody in the room of a new group, with camera and microphone. */
async function meet(...names: readonly string[]) {
  users += 1;
  const addresses = names.map((name) => `${name}-${users}`);
  const people = await Promise.all(addresses.map((address) => node.addUser(address)));
  const { group } = await node.backend('groupadd', {
    group: { name: 'Band', flags: groupFlags.publishBySelected, members: { m: addresses.join(',') } },
  });
  const { gid } = group as { gid: number };
  await permit(gid, addresses, true);
  const opened = await Promise.all(
    people.map(async ({ token }) => {
      const query = new URLSearchParams({ server: node.url, token });
      return visitors.visit(`${pages.url}/?${query}`, {
        permissions: ['camera', 'microphone', 'local-network-access'],
      });
    }),
  );
  await Promise.all(
    opened.map(async (page) => {
      await page.evaluate((of) => roomPage.join(of), gid);
      await page.evaluate(() => roomPage.publish());
    }),
  );
  return { gid, addresses, pages: opened };
}

async function permit(gid: number, users: readonly string[], pub: boolean): Promise<void> {
  const permissions = { send: true, recv: true, pub, sub: true, list: true };
  await node.backend('groupeditmembers', { group: { gid, members: { m: users.join(','), permissions } } });
}

function received(page: Page, user: string, sid = 0) {
  return page.evaluate(([of, number]) => roomPage.received(of, number), [user, sid] as const);
}

/** More frames of the stream are decoded than there were. */
async function sees(page: Page, user: string, sid = 0): Promise<void> {
  const before = (await received(page, user, sid))?.frames ?? 0;
  await expect
    .poll(async () => (await received(page, user, sid))?.frames ?? 0, patience)
    .toBeGreaterThan(before + 3);
}

async function hears(page: Page, user: string): Promise<void> {
  await expect.poll(async () => (await received(page, user))?.energy ?? 0, patience).toBeGreaterThan(0);
}

const logOf = (page: Page): Promise<string[]> => page.evaluate(() => roomPage.log);

it('three people see and hear each other, and what one shares; who loses the right is seen no more', {
  timeout: 90_000,
}, async () => {
  const { gid, addresses, pages: people } = await meet('alice', 'bob', 'carol');
  const [alice, bob, carol] = people as [Page, Page, Page];
  const [, bobs] = addresses as [string, string, string];
  for (const [index, page] of people.entries()) {
    for (const user of addresses.filter((_, other) => other !== index)) {
      await sees(page, user);
      await hears(page, user);
    }
  }
  await expect.poll(() => alice.evaluate(() => roomPage.speakers), patience).toContain(bobs);
  expect(await bob.evaluate(() => roomPage.share())).toBe(1);
  await Promise.all([sees(alice, bobs, 1), sees(carol, bobs, 1)]);

  await permit(gid, [bobs], false);
  await expect.poll(() => logOf(bob), patience).toContain('may subscribe list');
  await expect.poll(() => received(alice, bobs), patience).toBeUndefined();
  await sees(bob, addresses[0] ?? '');
  await permit(gid, [bobs], true);
  await expect.poll(() => logOf(bob), patience).toContain('may publish subscribe list');
  await bob.evaluate(() => roomPage.publish());
  await sees(alice, bobs);
  // Bob's camera and his screen: the same objects as before.
  expect(await alice.evaluate(() => roomPage.streams)).toBe(3);
});

it('goes on when its worker is killed, and notices a tab that crashes', { timeout: 90_000 }, async () => {
  const { addresses, pages: people } = await meet('alice', 'bob');
  const [alice, bob] = people as [Page, Page];
  const [, bobs] = addresses as [string, string];
  await sees(alice, bobs);
  await sees(bob, addresses[0] ?? '');
  const [pid] = engine.pids;
  const killedAt = Date.now();
  process.kill(pid ?? 0, 'SIGKILL');
  await expect.poll(() => engine.pids[0] ?? pid, patience).not.toBe(pid);
  await Promise.all([sees(alice, bobs), sees(bob, addresses[0] ?? '')]);
  // Promised are 5 seconds, on a machine that has nothing else to do.
  expect(Date.now() - killedAt).toBeLessThan(15_000);
  const gone = bob.waitForEvent('crash');
  bob.goto('chrome://crash').catch(() => {});
  await gone;
  await expect.poll(() => logOf(alice), patience).toContain(`away ${bobs}`);
});
