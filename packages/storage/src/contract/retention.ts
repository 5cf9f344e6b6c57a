import { describe, expect, it } from 'vitest';
import { bytes, newMessage, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeRetention(open: OpenStore): void {
  describe('messages that are older than an app keeps them', () => {
    const tested = useStore(open);

    /** Ten messages, a second apart. */
    async function setUp() {
      const pair = await newPair(tested.store);
      const append = (second: number) =>
        tested.store.log.append(
          newMessage({ conversation: pair.conversation, sender: pair.alice, ts: now + second * 1000 }),
        );
      let conv = 0;
      for (let second = 0; second < 10; second++) conv = (await append(second)).conv;
      const kept = async () =>
        (await tested.store.log.read(conv, { after: 0, limit: 50 }))
          .filter(({ content }) => content !== null)
          .map(({ seq }) => seq);
      const sweepAll = async (aid: number, before: number, limit = 3) => {
        const portions: number[] = [];
        while (portions.at(-1) !== 0) {
          portions.push(await tested.store.log.sweepOlder({ aid, before, limit }));
          expect(portions.at(-1)).toBeLessThanOrEqual(limit);
        }
      };
      return { ...pair, conv, append, kept, sweepAll };
    }

    it('lose their content, not their place', async () => {
      const { aid, conv, kept, sweepAll } = await setUp();
      await sweepAll(aid, now + 4000);
      expect(await kept()).toEqual([5, 6, 7, 8, 9, 10]);
      const [oldest] = await tested.store.log.read(conv, { after: 0, limit: 1 });
      expect(oldest).toMatchObject({ seq: 1, content: null, special: { gone: 'erased' } });
    });

    it('go on from there when time goes on', async () => {
      const { aid, append, kept, sweepAll } = await setUp();
      await sweepAll(aid, now + 4000);
      await append(20);
      await sweepAll(aid, now + 7000);
      expect(await kept()).toEqual([8, 9, 10, 11]);
      await sweepAll(aid, now + 2000);
      expect(await kept()).toEqual([8, 9, 10, 11]);
    });

    it('are those of this app alone', async () => {
      const [one, other] = [await setUp(), await setUp()];
      await one.sweepAll(one.aid, now + 100_000);
      expect([await one.kept(), (await other.kept()).length]).toEqual([[], 10]);
      await other.sweepAll(other.aid, now + 2000);
      expect((await other.kept()).length).toBe(8);
    });

    it('lose edits and ages with it; events stay what they are', async () => {
      const { aid, alice, conversation, conv, sweepAll } = await setUp();
      const change = { event: 'edit', target: 10 } as const;
      await tested.store.log.append(
        newMessage({ conversation, sender: alice, change, ts: now + 20_000, content: bytes('new') }),
      );
      await sweepAll(aid, now + 100_000);
      const last = await tested.store.log.read(conv, { after: 9, limit: 2 });
      expect(last).toMatchObject([
        { content: null, special: { event: null, gone: 'erased', editedAt: null } },
        { content: null, special: { event: 'edit', target: 10, gone: 'erased' } },
      ]);
    });

    it('are none in an app that does not exist', async () => {
      expect(await tested.store.log.sweepOlder({ aid: 4_000_000, before: now, limit: 5 })).toBe(0);
    });
  });
}
