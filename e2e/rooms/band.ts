import { groupFlags } from '@stoa/protocol';
import { addUser, backend } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { connectionFailures } from '../support/page-problems.ts';
import type { Visitors } from '../support/visitors.ts';
import { seesAndHears } from './room-stage.ts';

/** New users of a server process, and a group in whose room all of them may publish. */
export async function newBand(url: string, addresses: readonly string[]) {
  const people = await Promise.all(addresses.map((address) => addUser(url, address)));
  const m = addresses.join(',');
  const { group } = await backend(url, 'groupadd', {
    group: { name: 'Band', flags: groupFlags.publishBySelected, members: { m } },
  });
  const { gid } = group as { gid: number };
  const permissions = { send: true, recv: true, pub: true, sub: true, list: true };
  await backend(url, 'groupeditmembers', { group: { gid, members: { m, permissions } } });
  return { gid, people };
}

/** Opens a page that is in the room, with a small camera; its server may end. `pageUrl`: where the page is; `server`: whose room it is. */
export async function playInBand(
  visitors: Visitors,
  { gid, pageUrl, server, token }: { gid: number; pageUrl: string; server: string; token: string },
): Promise<Page> {
  const query = new URLSearchParams({ server, token });
  query.set('camera', JSON.stringify({ height: 90, rate: 8 }));
  const page = await visitors.visit(`${pageUrl}/?${query}`, {
    permissions: ['camera', 'microphone', 'local-network-access'],
    expected: connectionFailures,
  });
  await page.evaluate((of) => roomPage.join(of), gid);
  await page.evaluate(() => roomPage.publish());
  return page;
}

/** Waits until each of these pages sees and hears everybody else from now on. Pages are in the order of `addresses`. */
export async function allSeeAndHear(pages: readonly Page[], addresses: readonly string[]): Promise<void> {
  await Promise.all(pages.map((page, index) => seesAndHears(page, addresses.toSpliced(index, 1))));
}

/** What each of these pages has to see to see everybody else again, for `recovers`. Pages are in the order of `addresses`. */
export function seeingTheOthers(pages: readonly Page[], addresses: readonly string[]) {
  return pages.map((page, index) => ({
    page,
    sees: addresses.toSpliced(index, 1).map((user) => `pictures ${user}`),
  }));
}
