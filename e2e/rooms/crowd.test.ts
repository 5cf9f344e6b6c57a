import type { TestUser } from '@stoa/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { patience, RoomStage, seesAndHears } from './room-stage.ts';

/** As little to encode and decode as shows that everything comes. */
const small = { camera: { height: 90, rate: 5 }, takes: 90 };

let stage: RoomStage;

beforeAll(async () => {
  stage = await RoomStage.open();
});
afterEach(() => stage.visitors.leave());
afterAll(() => stage?.close());

/** Enters a room in which everybody publishes, one after the other: each page that loads takes a processor for a second. */
async function enterAll(gid: number, people: readonly TestUser[]): Promise<Map<string, Page>> {
  const pages = new Map<string, Page>();
  for (const user of people) pages.set(user.address, await stage.enter(gid, user, small));
  return pages;
}

async function everybodySeesAndHears(pages: ReadonlyMap<string, Page>): Promise<void> {
  await Promise.all(
    [...pages].map(([own, page]) => {
      const others = [...pages.keys()].filter((address) => address !== own);
      return seesAndHears(page, others);
    }),
  );
}

/** Rooms that grow to these sizes. That of eight takes two processors for itself: see CONTRIBUTING. */
const sizes = process.env.STOA_TEST_LARGE_ROOMS === '1' ? [2, 4, 8] : [2, 4];

it(`shows and plays everybody to everybody in rooms of ${sizes.join(', ')}`, {
  timeout: 240_000,
}, async () => {
  const { gid, people } = await stage.newRoom(...'abcdefgh'.slice(0, sizes.at(-1)));
  let pages = new Map<string, Page>();
  for (const size of sizes) {
    pages = new Map([...pages, ...(await enterAll(gid, people.slice(pages.size, size)))]);
    await everybodySeesAndHears(pages);
  }
});

it('shows and plays one publisher to ten viewers', { timeout: 240_000 }, async () => {
  const { gid, people } = await stage.newRoom('star', ...'abcdefghij');
  const [star, ...fans] = people as [TestUser, ...TestUser[]];
  await stage.enter(gid, star, small);
  const viewers: Page[] = [];
  for (const fan of fans) viewers.push(await stage.enter(gid, fan, { ...small, publishes: false }));
  await Promise.all(viewers.map((page) => seesAndHears(page, [star.address])));
  const [first] = viewers;
  if (first === undefined) throw new Error('nobody views');
  const shown = async (): Promise<number> => {
    const participants = await stage.statistics(gid, first);
    const slots = participants.flatMap(({ viewing }) => viewing?.slots ?? []);
    return slots.filter(({ stream, packets }) => stream?.endsWith('/0-video') && packets > 0).length;
  };
  await expect.poll(shown, patience).toBe(10);
});
