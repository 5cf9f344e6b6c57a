import { startTestNode, type TestNode } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { Visitors } from '../support/visitors.ts';

/** Two cores, and browsers that encode and decode. */
const patience = { timeout: 60_000, interval: 100 };

let node: TestNode;
let pages: PageServer;
let visitors: Visitors;

beforeAll(async () => {
  [node, pages, visitors] = await Promise.all([
    startTestNode({ env: { STOA_MEDIA_WORKERS: '1', STOA_MEDIA_ADDRESS: '127.0.0.1' } }),
    startPageServer(),
    Visitors.launch(),
  ]);
});
afterAll(async () => {
  await visitors?.close();
  await pages?.close();
  await node?.close();
});

async function printed(page: Page, line: string): Promise<void> {
  const log = page.locator('#log li');
  await expect.poll(() => log.allTextContents(), patience).toContain(line);
}

/** The element of somebody's camera plays pictures. */
async function plays(page: Page, id: string): Promise<void> {
  const video = page.locator(`#${id}`);
  await expect
    .poll(() => video.evaluate((each: HTMLVideoElement) => each.currentTime * each.videoWidth), patience)
    .toBeGreaterThan(0);
}

it('programs of both generations meet in a room, word for word as they are documented', {
  timeout: 120_000,
}, async () => {
  const [old, young] = await Promise.all([node.addUser('old'), node.addUser('young')]);
  const { group } = await node.backend('groupadd', { group: { name: 'Band', members: { m: 'old,young' } } });
  const { gid } = group as { gid: number };
  const visit = (generation: 'v1' | 'v2', { address, token }: { address: string; token: string }) => {
    const query = new URLSearchParams({ server: node.url, token, gid: String(gid), address, generation });
    return visitors.visit(`${pages.url}/mesibo-rooms.html?${query}`, {
      // Chromium asks its user before a page reaches a server on the same machine.
      permissions: ['local-network-access', 'camera', 'microphone'],
    });
  };
  const v1 = await visit('v1', old);
  await printed(v1, 'stream own');
  await printed(v1, 'status own 0x30 true');
  const v2 = await visit('v2', young);
  await printed(v2, 'publisher old true');
  await printed(v2, 'connected old true');
  await printed(v2, 'connected own true');
  await printed(v1, 'participants 1');
  await printed(v1, 'stream young');
  await printed(v1, 'status young 0x30 true');
  // Sound plays in pages that their users have touched.
  for (const page of [v1, v2]) await page.locator('#log').click();
  await Promise.all([
    plays(v1, 'video-publisher'),
    plays(v1, `video-${young.uid}-0`),
    plays(v2, 'video-publisher'),
    plays(v2, `video-${old.uid}-0`),
  ]);

  // Shown in another element, which is not there yet when it is named.
  await v1.evaluate(
    `remote.get('young').attach('video-late', (found) => print('attached ' + found), 10, 1000)`,
  );
  await v1.evaluate(
    `document.body.prepend(Object.assign(document.createElement('video'), { id: 'video-late' }))`,
  );
  await printed(v1, 'attached true');
  await plays(v1, 'video-late');
  expect(await v1.evaluate('[publisher.toggleMute(false), publisher.muteStatus(false)]')).toEqual([
    true,
    true,
  ]);
  await printed(v2, 'mute old true false true');
  expect(await v1.evaluate('[publisher.toggleMute(true), publisher.muteStatus(true)]')).toEqual([true, true]);
  await printed(v2, 'mute old true true true');
  await v1.evaluate('[publisher.toggleMute(false), publisher.toggleMute(true)]');
  await printed(v2, 'mute old false false true');

  await v2.evaluate('publisher.toggleAudioMute()');
  await printed(v2, 'mute own true false false');
  await printed(v1, 'status young 0x9 false');
  expect(await v1.evaluate(`remote.get('young').getMuteStatus(false)`)).toBe(true);
  expect(await v2.evaluate('live.getAdmin()')).toBeNull();
  // Whoever has heard how good the way is has heard it as the fourth argument.
  await expect.poll(() => v1.evaluate('typeof globalThis.quality?.level'), patience).toBe('number');
  const sorted = await v2.evaluate(`(() => {
    const places = [];
    const listener = {
      ParticipantSort_onGetParticipant: (view) => view.of,
      ParticipantSort_onSetCoordinates: (view, position, x) => places.push([view.of.getName(), position, x]),
    };
    const views = [...live.getParticipants(), publisher].map((of) => ({ of }));
    return [live.sortStreams(listener, views, 800, 300).length, places.map(([, at, x]) => [at, x])];
  })()`);
  expect(sorted).toEqual([
    2,
    [
      [0, 0],
      [1, 400],
    ],
  ]);

  // Ended and begun again, it is the same object.
  await v2.evaluate('publisher.hangup()');
  await printed(v1, 'status young 0x40 true');
  await v2.evaluate('publisher.call(true, true)');
  await printed(v1, 'same true');
  await v1.evaluate('live.leave()');
  await printed(v2, 'hangup old 2');
  await printed(v2, 'publisher old false');
  await visitors.leave();
});
