import { Room } from '@stoa/media';
import { within } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
import type { MediaPage } from './page-script.ts';

declare global {
  /** In the page. */
  const mediaPage: MediaPage;
}

/** A busy machine drops some; a break in the numbering would look like thousands. */
const fewPackets = 20;
/**
 * Chromium asks for a key frame once in about 200 ms while it has none to decode: on a busy machine also where nothing was
 * lost, since packets and decoder wait for a processor. Packets that are missing are what a break would show, thousands.
 */
const fewAsks = 15;

let visitors: Visitors;
let pages: CallPages;
let room: Room;
let clock: NodeJS.Timeout;

beforeAll(async () => {
  [visitors, pages] = await Promise.all([
    Visitors.launch(),
    startCallPages(new URL('page-script.ts', import.meta.url)),
  ]);
});

beforeEach(() => {
  room = new Room({ bindAddress: '127.0.0.1' });
  clock = setInterval(() => room.tick(Date.now()), 20);
});

afterEach(async () => {
  await visitors.leave();
  clearInterval(clock);
  room.closeAll();
});

afterAll(async () => {
  await Promise.all([visitors.close(), pages.close()]);
});

function open(): Promise<Page> {
  return visitors.visit(pages.url, { permissions: ['camera', 'microphone', 'local-network-access'] });
}

async function publish(camera: { height: number; layers: boolean; audio: boolean }) {
  const page = await open();
  const offer = await page.evaluate((wanted) => mediaPage.offer(wanted), camera);
  const { answer, streams } = await room.publish(offer);
  await page.evaluate((sdp) => mediaPage.accept(sdp), answer);
  const idOf = (kind: string) => streams.find((stream) => stream.kind === kind)?.id ?? '';
  return { page, audio: idOf('audio'), video: idOf('video') };
}

async function view(counts: { audio: number; video: number }) {
  const page = await open();
  const { transport, offer } = await room.view(counts);
  room.answer(transport, await page.evaluate((sdp) => mediaPage.answer(sdp), offer));
  await page.evaluate((sdp) => mediaPage.reach(sdp), offer);
  const sees = (mid: string, height: number) => {
    const seen = page.evaluate(([at, of]) => mediaPage.sees(at, of, 5), [mid, height] as const);
    return within(seen, `pictures of ${height} lines in ${mid}`, 40_000);
  };
  const received = (mid: string) => page.evaluate((at) => mediaPage.received(at), mid);
  /**
   * The decoder went on through all switches: counted by what it asks the server for, since a busy machine freezes too.
   */
  const expectNoBreak = async (mid: string) => {
    expect((await received(mid)).lost).toBeLessThan(fewPackets);
    const slot = room.statistics(transport).slots.find((each) => each.mid === mid);
    expect(slot?.lost).toBeLessThan(fewPackets);
    expect(slot?.repeated).toBeLessThan(fewPackets);
    expect(slot?.pictureLosses).toBeLessThanOrEqual((slot?.repeated ?? 0) + fewAsks);
  };
  return { page, transport, sees, expectNoBreak };
}

/** What a publisher has sent came without gaps. */
function expectNoLoss(stream: string): void {
  for (const { packets, lost } of room.streamStatistics(stream, Date.now()).layers) {
    expect(packets).toBeGreaterThan(0);
    expect(lost).toBeLessThan(fewPackets);
  }
}

it('forwards sound and each simulcast layer, as each is asked for', async () => {
  const alice = await publish({ height: 540, layers: true, audio: true });
  const viewer = await view({ audio: 1, video: 1 });
  room.assign(viewer.transport, 'a0', { stream: alice.audio });
  // Chromium sends three layers from 540 lines on; larger ones it makes smaller on a busy machine.
  for (const height of [135, 540, 270, 540]) {
    room.assign(viewer.transport, 'v0', { stream: alice.video, height });
    await viewer.sees('v0', height);
  }
  await within(
    viewer.page.evaluate(() => mediaPage.hears('a0')),
    'sound',
  );
  await viewer.expectNoBreak('v0');
  expectNoLoss(alice.video);
  expect(await viewer.page.evaluate(() => mediaPage.security())).toMatch(/GCM/);
  expect(await alice.page.evaluate(() => mediaPage.security())).toMatch(/GCM/);
});

it('replaces the publisher in a slot, and adds slots, while the picture goes on', async () => {
  // Told apart by their sizes, so small that no browser makes them smaller on a busy machine.
  const [alice, bob] = await Promise.all([
    publish({ height: 180, layers: false, audio: false }),
    publish({ height: 144, layers: false, audio: false }),
  ]);
  const viewer = await view({ audio: 0, video: 1 });
  for (const [stream, height] of [
    [alice.video, 180],
    [bob.video, 144],
    [alice.video, 180],
  ] as const) {
    room.assign(viewer.transport, 'v0', { stream });
    await viewer.sees('v0', height);
  }
  const { offer, slots } = room.grow(viewer.transport, { audio: 0, video: 2 });
  expect(slots).toEqual(['v0', 'v1']);
  room.answer(viewer.transport, await viewer.page.evaluate((sdp) => mediaPage.answer(sdp), offer));
  room.assign(viewer.transport, 'v1', { stream: bob.video });
  await viewer.sees('v1', 144);
  await viewer.sees('v0', 180);
  await viewer.expectNoBreak('v0');
  expectNoLoss(alice.video);
  expectNoLoss(bob.video);
});
