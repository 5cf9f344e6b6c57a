import { describe, expect, it } from 'vitest';
import type { NewMessage } from '../store.ts';
import { newMessage, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeExpiry(open: OpenStore): void {
  describe('expired messages', () => {
    const tested = useStore(open);

    async function setUp() {
      const pair = await newPair(tested.store);
      const append = (fields: Partial<NewMessage> = {}) =>
        tested.store.log.append(
          newMessage({ conversation: pair.conversation, sender: pair.alice, expiresAt: now + 10, ...fields }),
        );
      const isThere = async (mid: number) => (await tested.store.log.find(mid))?.content !== null;
      return { ...pair, append, isThere };
    }

    it('lose their content, not their place', async () => {
      const { append } = await setUp();
      const { conv, mid } = await append();
      expect(await tested.store.log.sweep(now + 11, 10)).toBe(1);
      expect(await tested.store.log.find(mid)).toMatchObject({ seq: 1, expiresAt: now + 10, content: null });
      expect(await tested.store.log.conversation(conv)).toMatchObject({ last: 1 });
      expect(await tested.store.log.sweep(now + 11, 10)).toBe(0);
    });

    it('are those whose time is over', async () => {
      const { append, isThere } = await setUp();
      const [early, never] = [await append(), await append({ expiresAt: 0 })];
      expect(await tested.store.log.sweep(now + 10, 10)).toBe(0);
      expect(await isThere(early.mid)).toBe(true);
      expect(await tested.store.log.sweep(now + 11, 10)).toBe(1);
      expect(await isThere(never.mid)).toBe(true);
    });

    it('keep their content when they were delivered to the other', async () => {
      const { append, isThere, bob, bobDevice } = await setUp();
      const [delivered, waiting] = [await append(), await append()];
      const { conv } = delivered;
      await tested.store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'received', seq: 1, now });
      expect(await tested.store.log.sweep(now + 11, 10)).toBe(1);
      expect(await isThere(delivered.mid)).toBe(true);
      expect(await isThere(waiting.mid)).toBe(false);
    });

    it('are not delivered by being on the devices of the sender', async () => {
      const { append, isThere, alice, aliceDevice } = await setUp();
      const { conv, mid } = await append();
      await tested.store.cursors.advance({ conv, uid: alice, dev: aliceDevice, kind: 'read', seq: 1, now });
      expect(await tested.store.log.sweep(now + 11, 10)).toBe(1);
      expect(await isThere(mid)).toBe(false);
    });

    it('are delivered by any own device in notes to oneself', async () => {
      const { aid, append, isThere, alice, aliceDevice } = await setUp();
      const conversation = { kind: 'pair', aid, a: alice, b: alice } as const;
      const [stored, waiting] = [await append({ conversation }), await append({ conversation })];
      const { conv } = stored;
      await tested.store.cursors.advance({
        conv,
        uid: alice,
        dev: aliceDevice,
        kind: 'received',
        seq: 1,
        now,
      });
      expect(await tested.store.log.sweep(now + 11, 10)).toBe(1);
      expect(await isThere(stored.mid)).toBe(true);
      expect(await isThere(waiting.mid)).toBe(false);
    });

    it('are found however long they had', async () => {
      const { append, isThere } = await setUp();
      const year = 365 * 24 * 3600 * 1000;
      const [long, longer, soon] = [
        await append({ expiresAt: now + year }),
        await append({ expiresAt: now + year + 1 }),
        await append(),
      ];
      expect(await tested.store.log.sweep(now + year / 2, 10)).toBe(1);
      expect(await isThere(soon.mid)).toBe(false);
      expect(await tested.store.log.sweep(now + year, 10)).toBe(0);
      expect(await tested.store.log.sweep(now + year + 1, 10)).toBe(1);
      expect(await isThere(long.mid)).toBe(false);
      expect(await isThere(longer.mid)).toBe(true);
      expect(await tested.store.log.sweep(now + year + 2, 10)).toBe(1);
    });

    it('are removed in portions until none is left, however many were delivered', async () => {
      const { append, bob, bobDevice } = await setUp();
      const delivered = await Promise.all(Array.from({ length: 30 }, () => append()));
      const conv = delivered[0]?.conv ?? 0;
      await tested.store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'received', seq: 30, now });
      await Promise.all(Array.from({ length: 7 }, () => append()));
      const portions: number[] = [];
      while (portions.at(-1) !== 0 && portions.length < 20) {
        portions.push(await tested.store.log.sweep(now + 11, 3));
      }
      expect(Math.max(...portions)).toBeLessThanOrEqual(3);
      expect(portions.reduce((sum, portion) => sum + portion)).toBe(7);
    });
  });
}
