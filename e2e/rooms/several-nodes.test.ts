import { FaultProxy, ServerProcess, tempFolder } from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
import { allSeeAndHear, newBand, playInBand, seeingTheOthers } from './band.ts';
import { recovers } from './recovery.ts';
import { logOf, patience } from './room-stage.ts';

/** Two servers as they run in earnest, and a way to them that leads to the one that lives. */
let postgres: TestPostgres;
let nats: TestNats;
let one: ServerProcess;
let other: ServerProcess;
let balancer: FaultProxy;
let callPages: CallPages;
let visitors: Visitors;
/** For which nobody else takes the rooms of a node that is dead, see docs/decisions/016. */
const leaseMs = 4_000;
const folder = tempFolder();

beforeAll(async () => {
  [postgres, nats, callPages, visitors] = await Promise.all([
    startPostgres({ fsync: 'on' }),
    startNats(),
    startCallPages(new URL('page-script.ts', import.meta.url)),
    Visitors.launch(),
  ]);
  const shared = {
    STOA_DATABASE_URL: await postgres.createDatabase(),
    STOA_NATS_URL: nats.url,
    STOA_MEDIA_ADDRESS: '127.0.0.1',
    STOA_MEDIA_WORKERS: '1',
  };
  const start = (name: string, ports: string) =>
    ServerProcess.start({ dataDir: `${folder.path}/${name}`, env: { ...shared, STOA_MEDIA_PORTS: ports } });
  one = await start('one', '21000-21029');
  other = await start('other', '21030-21059');
  balancer = await FaultProxy.start(one.port);
}, 150_000);
afterAll(async () => {
  await visitors?.close();
  await callPages?.close();
  await balancer?.close();
  await Promise.all([one?.kill(), other?.kill()]);
  await Promise.all([nats?.close(), postgres?.close()]);
  folder.remove();
});

it('people at two nodes meet, and go on by themselves when one is killed, and when the other is restarted', {
  timeout: 240_000,
}, async () => {
  const addresses = ['alice', 'bob', 'carol'];
  const { gid, people } = await newBand(one.url, addresses);

  /** Alice, with whom it begins, and Carol are at the first node, Bob at the other. */
  const servers = [balancer.url, other.url, balancer.url];
  const pages: Page[] = [];
  for (const [index, { token }] of people.entries()) {
    const server = servers[index] ?? '';
    pages.push(await playInBand(visitors, { gid, pageUrl: callPages.url, server, token }));
  }
  const sessions = () => Promise.all(pages.map((page) => page.evaluate(() => roomPage.session)));
  /** All of them, in the same one. */
  const inAnotherRoomThan = async (session: string | undefined) => {
    const isAnother = async () => {
      const found = new Set(await sessions());
      return found.size === 1 && !found.has(session ?? '');
    };
    await expect.poll(isAnother, patience).toBe(true);
  };
  const everybodyRecovers = (what: string, since: number, from: number) =>
    recovers(what, since, seeingTheOthers(pages, addresses), from);
  await allSeeAndHear(pages, addresses);
  const [before] = await sessions();
  expect(new Set(await sessions())).toEqual(new Set([before]));

  balancer.retarget(other.port);
  const killedAt = Date.now();
  await one.kill('SIGKILL');
  await everybodyRecovers('a node is killed', killedAt, killedAt);
  await inAnotherRoomThan(before);
  await allSeeAndHear(pages, addresses);

  const [second] = await sessions();
  const restartedAt = Date.now();
  await other.restart('SIGKILL');
  await everybodyRecovers(
    'the last node is killed and starts again, from when it listens and the lease has ended',
    restartedAt,
    Math.max(Date.now(), restartedAt + leaseMs),
  );
  await inAnotherRoomThan(second);
  await allSeeAndHear(pages, addresses);
  for (const page of pages)
    expect((await logOf(page)).filter((line) => /^(ended|problem)/.test(line))).toEqual([]);
});
