import { describe, expect, it } from 'vitest';
import { bytes, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeSchedule(open: OpenStore): void {
  describe('scheduled messages', () => {
    const tested = useStore(open);

    async function setUp() {
      const { alice: sender, bob } = await newPair(tested.store);
      const { schedule } = tested.store;
      const key = (id: number) => ({ sender, dev: 1, id });
      const add = (id: number, at: number, limit = 100) =>
        schedule.add({ ...key(id), at, payload: bytes(`payload ${id}`), limit });
      const ids = async (limit = 100) => (await schedule.list({ sender, limit })).map(({ id }) => id);
      // Other tests of this store have messages of their own that are due.
      const take = async (at: number, retryBefore = at - 1000, limit = 100) =>
        (await schedule.take({ now: at, retryBefore, limit })).filter((one) => one.sender === sender);
      return { sender, bob, schedule, key, add, ids, take };
    }

    it('wait in the order of their times, with everything that was given', async () => {
      const { sender, schedule, add } = await setUp();
      for (const [id, at] of [3, 1, 2].entries()) await add(id + 1, now + at);
      const list = await schedule.list({ sender, limit: 2 });
      expect(list).toEqual([
        { sender, dev: 1, id: 2, at: now + 1, payload: bytes('payload 2'), failed: null },
        { sender, dev: 1, id: 3, at: now + 2, payload: bytes('payload 3'), failed: null },
      ]);
      const after = list.at(-1);
      expect(await schedule.list({ sender, limit: 2, ...(after && { after }) })).toMatchObject([{ id: 1 }]);
    });

    it('are kept once: repeating answers the first time', async () => {
      const { add, ids } = await setUp();
      expect(await add(1, now + 5)).toEqual({ at: now + 5, added: true });
      expect(await add(1, now + 9)).toEqual({ at: now + 5, added: false });
      expect(await ids()).toEqual([1]);
    });

    it('are bounded for each sender, not for what he repeats', async () => {
      const { add, ids } = await setUp();
      await add(1, now + 1, 2);
      await add(2, now + 2, 2);
      expect(await add(3, now + 3, 2)).toBeUndefined();
      expect(await add(2, now + 9, 2)).toEqual({ at: now + 2, added: false });
      expect(await ids()).toEqual([1, 2]);
    });

    it('can be cancelled once, and their keys are remembered', async () => {
      const { schedule, key, add, ids, take } = await setUp();
      await add(1, now + 1);
      expect(await schedule.cancel(key(1), now)).toBe(true);
      expect(await schedule.cancel(key(1), now)).toBe(false);
      expect(await schedule.cancel(key(2), now)).toBe(false);
      expect(await ids()).toEqual([]);
      expect(await take(now + 5000)).toEqual([]);
      expect(await schedule.find(key(1))).toBe(now + 1);
      expect(await add(1, now + 2)).toEqual({ at: now + 1, added: false });
      expect(await ids()).toEqual([]);
    });

    it('are handed out when their time has come, the oldest first, to one caller', async () => {
      const { add, take } = await setUp();
      await add(1, now + 2000);
      await add(2, now + 1000);
      await add(3, now + 3000);
      const [some, others] = await Promise.all([take(now + 2000), take(now + 2000)]);
      expect([...some, ...others].map(({ id }) => id)).toEqual([2, 1]);
      expect(await take(now + 2500, now + 2000)).toEqual([]);
    });

    it('are not handed out while one of the same sender that comes before them is held', async () => {
      const { sender, schedule, key, add, take } = await setUp();
      const other = await setUp();
      for (const id of [1, 2, 3, 4]) await add(id, now);
      expect(await take(now + 1000)).toMatchObject([1, 2, 3, 4].map((id) => ({ id })));
      await schedule.remove(key(1));
      await add(5, now + 1);
      await other.add(1, now + 2);
      // 2, 3 and 4 are held: by somebody who is slow, who has ended, or who has met with an error.
      const taken = await schedule.take({ now: now + 1500, retryBefore: now + 500, limit: 100 });
      expect(taken.filter((one) => one.sender === sender)).toEqual([]);
      expect(taken.filter((one) => one.sender === other.sender)).toMatchObject([{ id: 1 }]);
      await schedule.remove(key(3));
      expect(await take(now + 1600)).toEqual([]);
      // What has failed for good holds up nothing.
      for (const id of [2, 4]) await schedule.fail(key(id), 'BLOCKED');
      expect(await take(now + 1700)).toMatchObject([{ id: 5 }]);
    });

    it('come back together with what has waited behind them', async () => {
      const { add, take } = await setUp();
      await add(1, now);
      await take(now + 1000);
      await add(2, now);
      expect(await take(now + 2000, now + 1000)).toEqual([]);
      expect(await take(now + 2001, now + 1001)).toMatchObject([{ id: 1 }, { id: 2 }]);
    });

    it('of the same time are handed out in the order of devices and ids, also at the limit', async () => {
      const { sender, schedule } = await setUp();
      // Before everything that other tests have left.
      const at = now - 100_000;
      const keys = [
        [2, 1],
        [1, 9],
        [1, 2],
        [2, 3],
      ] as const;
      for (const [dev, id] of keys)
        await schedule.add({ sender, dev, id, at, payload: bytes('payload'), limit: 9 });
      const taken: [number, number][] = [];
      for (const limit of [2, 2]) {
        for (const { dev, id } of await schedule.take({ now: at, retryBefore: at, limit })) {
          taken.push([dev, id]);
          await schedule.remove({ sender, dev, id });
        }
      }
      expect(taken).toEqual([
        [1, 2],
        [1, 9],
        [2, 1],
        [2, 3],
      ]);
    });

    it('that were handed out cannot be cancelled, and are handed out again when nothing came of it', async () => {
      const { schedule, key, add, ids, take } = await setUp();
      await add(1, now);
      expect(await take(now + 1000)).toHaveLength(1);
      expect(await schedule.cancel(key(1), now + 1000)).toBe(false);
      expect(await take(now + 3000, now + 1001)).toMatchObject([{ id: 1, payload: bytes('payload 1') }]);
      await schedule.remove(key(1));
      expect([await ids(), await take(now + 9000), await schedule.find(key(1))]).toEqual([[], [], undefined]);
    });

    it('that failed stay in the list with the reason, until they are cancelled or swept', async () => {
      const { sender, schedule, key, add, take, ids } = await setUp();
      for (const id of [1, 2]) await add(id, now);
      await take(now + 1000);
      for (const id of [1, 2]) await schedule.fail(key(id), 'BLOCKED');
      expect(await take(now + 9000)).toEqual([]);
      expect(await schedule.list({ sender, limit: 1 })).toMatchObject([{ id: 1, failed: 'BLOCKED' }]);
      expect(await schedule.cancel(key(1), now + 9000)).toBe(true);
      expect(await ids()).toEqual([2]);
    });

    it('are forgotten some time after they were cancelled or failed', async () => {
      const { schedule, key, add, take } = await setUp();
      for (const id of [1, 2, 3]) await add(id, now + 500_000);
      await add(4, now);
      await schedule.cancel(key(1), now);
      await schedule.cancel(key(2), now + 20);
      await take(now + 1000);
      await schedule.fail(key(4), 'BLOCKED');
      await sweepAll(now + 20);
      expect([await schedule.find(key(1)), await schedule.find(key(2))]).toEqual([undefined, now + 500_000]);
      await sweepAll(now + 1001);
      const left = [2, 3, 4].map((id) => schedule.find(key(id)));
      expect(await Promise.all(left)).toEqual([undefined, now + 500_000, undefined]);
    });

    async function sweepAll(before: number): Promise<void> {
      for (let removed = -1; removed !== 0; ) {
        removed = await tested.store.schedule.sweep(before, 2);
        expect(removed).toBeLessThanOrEqual(2);
      }
    }

    it('are gone with their sender', async () => {
      const { sender, add, take } = await setUp();
      await add(1, now);
      await tested.store.users.remove(sender);
      expect(await take(now + 1000)).toEqual([]);
    });
  });
}
