import { WorkerEngine } from '@stoa/media';
import { groupFlags } from '@stoa/protocol';
import { startTestNode, type TestNode, testAppToken } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasNoFaults } from './support/audit.ts';
import { closed } from './support/closed.ts';
import { type PageServer, startPageServer } from './support/page-server.ts';
import { Visitors } from './support/visitors.ts';

let visitors: Visitors;
let server: TestNode;
let pages: PageServer;
let media: WorkerEngine;
/** As the media plane calls the room in which somebody published last. */
let mediaRoom = '';

beforeAll(async () => {
  media = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
  media.onEvent((event) => {
    if (event.type === 'streamStarted') mediaRoom = event.room;
  });
  [server, pages, visitors] = await Promise.all([
    startTestNode({ media }),
    startPageServer(),
    Visitors.launch(),
  ]);
});
afterAll(async () => {
  await visitors?.close();
  await pages?.close();
  await server?.close();
});

/** Nobody is sent more than this from now on: bits per second, or as much as his network takes. */
async function limitViewers(limits: { view?: number }): Promise<void> {
  const { participants } = await media.statistics(mediaRoom);
  await Promise.all(participants.map((each) => media.limit(mediaRoom, each.participant, limits)));
}

/** Pictures of the stream are played. */
async function plays(page: Page, label: string): Promise<void> {
  const video = page.getByLabel('Room').locator(`video[aria-label="${label}"]`);
  await video.waitFor();
  await expect
    .poll(() => video.evaluate((each: HTMLVideoElement) => each.currentTime * each.videoWidth), {
      timeout: 30_000,
    })
    .toBeGreaterThan(0);
}

it('a room of a group is begun, joined, used and left in the messenger', { timeout: 300_000 }, async () => {
  const permissions = ['camera', 'microphone', 'local-network-access'];
  const [alice, bob] = await Promise.all(
    ['alice', 'bob'].map((user) => visitors.signIn(server.url, user, user, { permissions })),
  );
  if (!alice || !bob) throw new Error('somebody is missing');
  const { group } = await server.backend('groupadd', {
    group: { name: 'Band', members: { m: 'alice,bob' } },
  });
  const { gid } = group as { gid: number };
  await server.backend('groupeditmembers', {
    group: { gid, members: { m: 'alice', admin: { owner: true } } },
  });
  for (const { page } of [alice, bob]) await page.evaluate((to) => location.assign(to), `#/group/${gid}`);
  await alice.page.getByRole('button', { name: 'Start a room' }).click();
  await bob.page.getByRole('button', { name: 'Join the room' }).click();
  await Promise.all([plays(alice.page, 'bob'), plays(bob.page, 'alice'), plays(alice.page, 'You')]);
  await hasNoFaults(alice.page);
  // What the room covers cannot be reached; made small, it stays, and the chat is free.
  const focused = () => alice.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  await expect.poll(focused, { timeout: 20_000 }).toBe('Room');
  expect(await alice.page.locator('[inert] textarea').count()).toBe(1);
  await alice.page.keyboard.press('Escape');
  await alice.write('Do you hear me?');
  await hasNoFaults(alice.page);
  await alice.page.getByRole('button', { name: 'Back to the room' }).click();
  await expect.poll(focused, { timeout: 20_000 }).toBe('Room');
  await alice.page.keyboard.press('v');
  await bob.page.getByLabel('Room').locator('[data-person="alice"]').waitFor();
  await alice.page.keyboard.press('v');
  await bob.page.getByLabel('Room').locator('[data-person="alice"]').waitFor({ state: 'detached' });
  await alice.page.getByRole('button', { name: 'Mute' }).click();
  await bob.page.getByLabel('Room').getByLabel('Muted').waitFor();
  const record = alice.page.getByRole('button', { name: 'Record', exact: true });
  await record.click();
  const recorded = bob.page.getByLabel('Room').getByText('· recorded');
  await recorded.waitFor();
  await record.click();
  await recorded.waitFor({ state: 'hidden' });
  // What fails is said until something else is done.
  await bob.page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = () => {
      Reflect.deleteProperty(navigator.mediaDevices, 'getDisplayMedia');
      return Promise.reject(new DOMException('Permission denied by system', 'NotAllowedError'));
    };
  });
  await bob.page.getByRole('button', { name: 'Share screen' }).click();
  const failure = bob.page.getByRole('alert').getByText('Allow the page to use the screen');
  await failure.waitFor();
  await bob.page.getByRole('button', { name: 'Share screen' }).click();
  await failure.waitFor({ state: 'detached' });
  await plays(alice.page, 'Screen of bob');
  // The screen comes first; there is nothing left for the camera.
  await limitViewers({ view: 50_000 });
  const note = alice.page.getByText('your connection is too slow');
  await note.waitFor({ timeout: 90_000 });
  await limitViewers({});
  await note.waitFor({ state: 'hidden' });
  await bob.page.getByRole('button', { name: 'Share screen' }).click();

  // Who leads the room can mute others, and remove them; who does not is not offered it.
  expect(await bob.page.getByRole('button', { name: /^Actions for/ }).count()).toBe(0);
  const lead = async (menu: string, action: string): Promise<void> => {
    await alice.page.getByRole('button', { name: menu, exact: true }).click();
    await alice.page.getByRole('menuitem', { name: action }).click();
    await closed(alice.page, 'menu');
  };
  await lead('Actions for bob', 'Mute');
  await bob.page.getByRole('button', { name: 'Mute', pressed: true }).waitFor();
  await lead('Actions for bob', 'Stop video');
  await bob.page.getByRole('button', { name: 'Camera off', pressed: true }).waitFor();
  await alice.page.getByRole('button', { name: 'Actions for bob', exact: true }).click();
  await alice.page.getByRole('menuitem', { name: 'Ask to unmute' }).waitFor();
  await hasNoFaults(alice.page);
  await alice.page.keyboard.press('Escape');
  await closed(alice.page, 'menu');

  // Another microphone, while the room goes on.
  const microphones = alice.page.getByRole('group', { name: 'Microphone' }).getByRole('menuitemradio');
  await alice.page.getByRole('button', { name: 'Devices', exact: true }).click();
  await microphones.last().click();
  await closed(alice.page, 'menu');
  await alice.page.getByRole('button', { name: 'Devices', exact: true }).click();
  await expect.poll(() => microphones.last().isChecked(), { timeout: 30_000 }).toBe(true);
  await alice.page.keyboard.press('Escape');

  await lead('Everybody else', 'Remove everybody else');
  await bob.page.getByText('The room was ended for everybody.').waitFor();
  await alice.page.getByText('Only you are here').waitFor();
  await bob.page.getByRole('button', { name: 'Join the room' }).waitFor();
  await alice.page.getByRole('button', { name: 'Leave' }).click();
  await bob.page.getByRole('button', { name: 'Start a room' }).waitFor();

  // With a waiting room, bob sees nothing until alice lets him in.
  await server.backend('groupset', { group: { gid, flag: groupFlags.waitingRoom } });
  await server.backend('groupeditmembers', {
    group: { gid, members: { m: 'alice', admin: { adduser: true } } },
  });
  await alice.page.getByRole('button', { name: 'Start a room' }).click();
  await plays(alice.page, 'You');
  await bob.page.getByRole('button', { name: 'Start a room' }).click();
  await bob.page.getByText('You are waiting to be let in.').waitFor();
  await hasNoFaults(bob.page);
  await alice.page.getByRole('button', { name: 'Let bob in' }).waitFor();
  await hasNoFaults(alice.page);
  await alice.page.getByRole('button', { name: 'Let bob in' }).click();
  await plays(bob.page, 'alice');
  await alice.page.getByLabel('Waiting room').waitFor({ state: 'detached' });

  // An encoder that has nothing of ours publishes as carol.
  await server.addUser('carol');
  await server.backend('groupset', { group: { gid, flag: 0 } });
  await server.backend('groupeditmembers', { group: { gid, members: { m: 'carol' } } });
  const queryFor = async (may: 'publish' | 'subscribe', door: string) => {
    const answer = await fetch(`${server.url}/v1/groups/${gid}/media-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testAppToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ address: 'carol', may }),
    });
    const { token } = (await answer.json()) as { token: string };
    return new URLSearchParams({ token, url: `${server.url}/rooms/${gid}/${door}` });
  };
  const query = await queryFor('publish', 'whip');
  const encoder = await visitors.visit(`${pages.url}/whip.html?${query}`, { permissions });
  await encoder.getByText('connected', { exact: true }).waitFor();
  await Promise.all([plays(alice.page, 'carol'), plays(bob.page, 'carol')]);
  // A player that has nothing of ours either shows what she sends.
  const watching = await queryFor('subscribe', 'whep?user=carol');
  const player = await visitors.visit(`${pages.url}/whep.html?${watching}`, { permissions });
  await player.getByText('connected', { exact: true }).waitFor();
  const received = () => player.evaluate('received()') as Promise<{ frames: number; sound: number }>;
  await expect.poll(async () => (await received()).frames, { timeout: 30_000 }).toBeGreaterThan(10);
  await expect.poll(async () => (await received()).sound, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(await player.evaluate('stop()')).toBe(200);
  expect(await encoder.evaluate('stop()')).toBe(200);
  await alice.page.getByLabel('Room').getByText('carol').waitFor({ state: 'detached' });
  await visitors.leave();
});
