import { join } from 'node:path';
import { tempFolder } from '@stoa/testkit';
import { startTurn, type TestTurn } from '@stoa/testkit/turn';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { film, Playing } from './play.ts';
import { recovers } from './recovery.ts';
import { logOf, patience, RoomStage, received, sees, seesAndHears, seesNoMore } from './room-stage.ts';

const secret = 'secret of the relay';

let turn: TestTurn;
let stage: RoomStage;

beforeAll(async () => {
  turn = await startTurn({ secret });
  stage = await RoomStage.open({
    STOA_ROOM_GRACE_SECONDS: '4',
    STOA_TURN_URLS: turn.url,
    STOA_TURN_SECRET: secret,
  });
});
afterEach(() => stage.visitors.leave());
afterAll(async () => {
  await stage?.close();
  await turn?.close();
});

it('three people see and hear each other, and what one shares; who loses the right is seen no more', {
  timeout: 180_000,
}, async () => {
  const { gid, addresses, people, pages } = await stage.meet('alice', 'bob', 'carol');
  const [alice, bob, carol] = pages as [Page, Page, Page];
  const [, bobs] = addresses as [string, string, string];
  for (const [index, page] of pages.entries()) {
    await seesAndHears(
      page,
      addresses.filter((_, other) => other !== index),
    );
  }
  await expect.poll(() => alice.evaluate(() => roomPage.speakers), patience).toContain(bobs);
  expect(await bob.evaluate(() => roomPage.share({ audio: true }))).toBe(1);
  await Promise.all([sees(alice, bobs, 1), sees(carol, bobs, 1), sees(alice, bobs), sees(carol, bobs)]);
  await expect.poll(async () => (await received(alice, bobs, 1))?.energy, patience).toBeGreaterThan(0);

  const { uid } = people[1] ?? { uid: 0 };
  const bobsAtTheServer = async () => {
    const participants = await stage.statistics(gid, alice);
    return participants.find(({ participant }) => participant.startsWith(`${uid}.`));
  };
  expect((await bobsAtTheServer())?.publishing?.streams).toHaveLength(4);
  await stage.permit(gid, [bobs], false);
  await expect.poll(() => logOf(bob), patience).toContain('may subscribe list');
  await seesNoMore(alice, bobs);
  await expect.poll(async () => (await bobsAtTheServer())?.publishing, patience).toBeNull();
  await sees(bob, addresses[0] ?? '');
  await stage.permit(gid, [bobs], true);
  await expect.poll(() => logOf(bob), patience).toContain('may publish subscribe list');
  await bob.evaluate(() => roomPage.publish());
  await sees(alice, bobs);
  // Bob's camera and his screen: the same objects as before.
  expect(await alice.evaluate(() => roomPage.streams)).toBe(3);
});

it('goes on when its worker is killed; a tab that crashes is away, then gone, and who he was when he is back', {
  timeout: 180_000,
}, async () => {
  const { gid, people, addresses, pages } = await stage.meet('alice', 'bob');
  const [alice, bob] = pages as [Page, Page];
  const [, bobs] = addresses as [string, string];
  await sees(alice, bobs);
  await sees(bob, addresses[0] ?? '');
  const [pid] = stage.engine.pids;
  const killedAt = Date.now();
  process.kill(pid ?? 0, 'SIGKILL');
  await recovers('a process that forwards is killed', killedAt, [
    { page: alice, sees: [`pictures ${bobs}`] },
    { page: bob, sees: [`pictures ${addresses[0]}`] },
  ]);
  await Promise.all([sees(alice, bobs), sees(bob, addresses[0] ?? '')]);

  const gone = bob.waitForEvent('crash');
  const crashedAt = Date.now();
  bob.goto('chrome://crash').catch(() => {});
  await gone;
  await recovers('a tab has crashed, as others see it', crashedAt, [{ page: alice, sees: [`away ${bobs}`] }]);
  await expect.poll(() => logOf(alice), patience).toContain(`left ${bobs} lost`);
  await seesNoMore(alice, bobs);
  const again = await bob.context().newPage();
  const [, user] = people;
  if (user === undefined) throw new Error('there is no bob');
  await again.goto(stage.addressOf(user));
  const loadedAt = Date.now();
  await again.evaluate((of) => roomPage.join(of), gid);
  await again.evaluate(() => roomPage.publish());
  await recovers('the tab is there again', loadedAt, [
    { page: alice, sees: [`pictures ${bobs}`] },
    { page: again, sees: [`pictures ${addresses[0]}`] },
  ]);
  await Promise.all([sees(alice, bobs), sees(again, addresses[0] ?? '')]);
  expect(await alice.evaluate(() => roomPage.streams)).toBe(1);
});

it('sends each layer for the size in which a picture is seen, and none while it is not', {
  timeout: 180_000,
}, async () => {
  const { gid, people } = await stage.newRoom('alice', 'bob');
  const [publisher, viewer] = people;
  if (publisher === undefined || viewer === undefined) throw new Error('there is nobody');
  await stage.enter(gid, publisher, { camera: { height: 540, rate: 10 } });
  const bob = await stage.enter(gid, viewer, { publishes: false });
  const { address } = publisher;
  /** The layer that the server forwards; null for none. */
  const layer = async () => {
    const participants = await stage.statistics(gid, bob);
    const slots = participants.flatMap(({ viewing }) => viewing?.slots ?? []);
    return slots.find(({ stream }) => stream?.endsWith('/0-video'))?.rid;
  };
  const shown = async (rid: string | null) => {
    await expect.poll(layer, patience).toBe(rid);
    if (rid !== null) await sees(bob, address);
  };
  const resize = (height: number) =>
    bob.evaluate(([of, to]) => roomPage.resize(of, to), [address, height] as const);
  const scroll = (away: boolean) =>
    bob.evaluate(([of, to]) => roomPage.scroll(of, to), [address, away] as const);
  for (const [height, rid] of [
    [540, 'f'],
    [100, 'q'],
    [260, 'h'],
    [0, null],
    [540, 'f'],
  ] as const) {
    await resize(height);
    await shown(rid);
  }
  await scroll(true);
  await shown(null);
  await resize(100);
  await scroll(false);
  await shown('q');
});

it('lets one be in two rooms at once, with one camera after the other, through a network that changes', {
  timeout: 240_000,
}, async () => {
  const { gid, people } = await stage.newRoom('alice', 'bob');
  const [traveller, friend] = people;
  if (traveller === undefined || friend === undefined) throw new Error('there is nobody');
  const [alices, bobs] = [traveller.address, friend.address];
  const alice = await stage.enter(gid, traveller, { relay: true });
  const bob = await stage.enter(gid, friend);
  await Promise.all([seesAndHears(alice, [bobs]), seesAndHears(bob, [alices])]);

  const used = await alice.evaluate(() => roomPage.camera());
  const other = await alice.evaluate(() => roomPage.camera(3));
  expect(other).not.toBe(used);
  await sees(bob, alices);
  await alice.evaluate(() => roomPage.unplug());
  await expect.poll(() => alice.evaluate(() => roomPage.camera()), patience).toBe(used);
  await sees(bob, alices);

  const second = await stage.newGroup([alices, bobs]);
  for (const page of [alice, bob]) await page.evaluate((of) => roomPage.join(of), second);
  await alice.evaluate(() => roomPage.publish());
  await sees(bob, alices);
  await bob.evaluate((of) => roomPage.join(of), gid);
  await sees(bob, alices);

  // A relay that has forgotten everybody: of Alice's connections none goes on.
  await turn.kill();
  await expect.poll(() => logOf(alice), patience).toContain('publish down');
  await turn.start();
  await sees(bob, alices);
  await alice.evaluate((of) => roomPage.join(of), gid);
  await seesAndHears(alice, [bobs]);
  expect((await logOf(bob)).filter((line) => /^(left|problem)/.test(line))).toEqual([]);
  // Her cameras in both rooms.
  expect(await bob.evaluate(() => roomPage.streams)).toBe(2);
});

it('shows and plays a file that stoa play publishes, until that is stopped', {
  timeout: 120_000,
}, async () => {
  const { gid, people } = await stage.newRoom('alice', 'bob');
  const [watcher, player] = people;
  if (watcher === undefined || player === undefined) throw new Error('there is nobody');
  const alice = await stage.enter(gid, watcher, { publishes: false });
  const folder = tempFolder();
  const path = join(folder.path, 'film.webm');
  await film(alice, path, 2000);
  const playing = new Playing(stage.node, [path, '--room', String(gid), '--as', player.address, '--loop']);
  await seesAndHears(alice, [player.address]);
  // A busy browser stops to film when it gets to it.
  const said = (await playing.stop()).replace(/\(0:\d\d\)/, '(0:0x)');
  expect(said).toBe(`Playing ${path} (0:0x).\nStopped.\n`);
  await seesNoMore(alice, player.address);
  folder.remove();
});
