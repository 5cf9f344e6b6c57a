import { join } from 'node:path';
import { openSqliteStore, type Store } from '@stoa/storage';
import { ManualClock, tempFolder } from '@stoa/testkit';
import { beforeEach, expect, it } from 'vitest';
import { SweepMark } from './sweep-mark.ts';

let store: Store;
let clock: ManualClock;
beforeEach(async () => {
  const folder = tempFolder();
  store = await openSqliteStore({ path: join(folder.path, 'stoa.db') });
  clock = new ManualClock();
  return async () => {
    await store.close();
    folder.remove();
  };
});

function markOf(node: string, unsent: { at?: number } = {}, hasOthers = true): SweepMark {
  return new SweepMark({ store: store.pushSweep, clock, node, hasOthers, oldestUnsent: () => unsent.at });
}
/** Goes over the log up to a message, a second later. */
async function goTo(mark: SweepMark, mid: number): Promise<void> {
  clock.advance(6_000);
  await mark.hold();
  mark.reached(mid, clock.now());
  await mark.save();
}

it('is held by one node at a time, and taken over from where that one was', async () => {
  const [one, other] = [markOf('one'), markOf('other')];
  expect([await one.hold(), await other.hold()]).toEqual([0, undefined]);
  for (const mid of [10, 20, 30, 40]) {
    await goTo(one, mid);
    expect(await other.hold()).toBe(undefined);
  }
  // The node is gone without a word.
  clock.advance(20_000);
  expect(await other.hold()).toBe(40);
  await goTo(other, 50);
  // It was only slow, and notices.
  clock.advance(4_000);
  expect(await one.hold()).toBe(undefined);
  expect(await store.pushSweep.hold({ node: 'other', now: clock.now(), until: clock.now() })).toBe(50);
});

it('is not moved by a node that has lost it meanwhile', async () => {
  const [one, other] = [markOf('one'), markOf('other')];
  await one.hold();
  clock.advance(20_000);
  await other.hold();
  one.reached(99, clock.now());
  await one.save();
  expect([await one.hold(), await other.hold()]).toEqual([undefined, 0]);
  clock.advance(30_000);
  expect(await markOf('third').hold()).toBe(0);
});

it('stays behind what is not sent yet', async () => {
  const unsent: { at?: number } = {};
  const one = markOf('one', unsent);
  await one.hold();
  await goTo(one, 10);
  unsent.at = clock.now() + 6_000;
  await goTo(one, 20);
  await goTo(one, 30);
  await one.close();
  expect(await markOf('other').hold()).toBe(10);
});

it('is handed over at once by a node that stops', async () => {
  const [one, other] = [markOf('one'), markOf('other')];
  await one.hold();
  one.reached(10, clock.now());
  await one.close();
  expect(await other.hold()).toBe(10);
});

it('is taken at once by a node without others, whoever had it', async () => {
  await markOf('before').hold();
  const alone = markOf('after', {}, false);
  expect(await alone.hold()).toBe(0);
});
