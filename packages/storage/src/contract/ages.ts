import { describe, expect, it } from 'vitest';
import type { CursorAdvance, NewMessage } from '../store.ts';
import { bytes, newDevice, newMessage, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

type From = NonNullable<NewMessage['age']>['from'];

export function describeAges(open: OpenStore): void {
  describe('messages that disappear', () => {
    const tested = useStore(open);

    async function setUp() {
      const pair = await newPair(tested.store);
      // What other tests have left is not to be counted here.
      while ((await tested.store.log.sweep(now + 100_000, 100)) > 0);
      const append = (from?: From, fields: Partial<NewMessage> = {}) =>
        tested.store.log.append(
          newMessage({
            conversation: pair.conversation,
            sender: pair.alice,
            ...(from && { age: { seconds: 10, from } }),
            ...fields,
          }),
        );
      const advance = (uid: number, kind: CursorAdvance['kind'], seq: number, at: number, conv = 0) =>
        conversationOf(conv).then((found) =>
          tested.store.cursors.advance({ conv: found, uid, dev: 0, kind, seq, now: at }),
        );
      const conversationOf = async (conv: number) =>
        conv || ((await tested.store.log.findConversation(pair.conversation))?.conv ?? 0);
      const dueAt = async (mid: number) => (await tested.store.log.find(mid))?.special?.dueAt;
      return { ...pair, append, advance, dueAt };
    }

    it('know when, counted from their time', async () => {
      const { append } = await setUp();
      const { mid } = await append('sent');
      expect(await tested.store.log.find(mid)).toMatchObject({
        content: bytes('hello'),
        special: { event: null, age: { seconds: 10, from: 'sent' }, dueAt: now + 10_000, gone: null },
      });
    });

    it('count from the first receipt of the other that covers them', async () => {
      const { append, advance, dueAt, alice, bob } = await setUp();
      const [delivered, read, later] = [
        await append('delivered'),
        await append('read'),
        await append('read'),
      ];
      await advance(alice, 'read', 3, now + 1);
      expect([await dueAt(delivered.mid), await dueAt(read.mid)]).toEqual([null, null]);
      await advance(bob, 'received', 2, now + 2);
      expect([await dueAt(delivered.mid), await dueAt(read.mid)]).toEqual([now + 10_002, null]);
      await advance(bob, 'seen', 2, now + 3);
      expect(await dueAt(read.mid)).toBe(null);
      await advance(bob, 'read', 2, now + 4);
      await advance(bob, 'read', 3, now + 5);
      expect([await dueAt(delivered.mid), await dueAt(read.mid), await dueAt(later.mid)]).toEqual([
        now + 10_002,
        now + 10_004,
        now + 10_005,
      ]);
    });

    it('count from delivery and reading at once when they are read before they were delivered', async () => {
      const { append, advance, dueAt, bob } = await setUp();
      const [delivered, read] = await Promise.all([append('delivered'), append('read')]);
      await advance(bob, 'read', 2, now + 7);
      expect([await dueAt(delivered.mid), await dueAt(read.mid)]).toEqual([now + 10_007, now + 10_007]);
    });

    it('count from the own receipt in notes to oneself', async () => {
      const { aid, alice, append, advance, dueAt } = await setUp();
      const conversation = { kind: 'pair', aid, a: alice, b: alice } as const;
      const { mid, conv } = await append('read', { conversation });
      await advance(alice, 'read', 1, now + 1, conv);
      expect(await dueAt(mid)).toBe(now + 10_001);
    });

    it('are emptied when their time has come, and keep their place', async () => {
      const { append, alice, conversation } = await setUp();
      const [first, , never] = [await append('sent'), await append('read'), await append()];
      expect(await tested.store.log.sweep(now + 9_999, 10)).toBe(0);
      expect(await tested.store.log.sweep(now + 10_000, 10)).toBe(1);
      expect(await tested.store.log.sweep(now + 10_000, 10)).toBe(0);
      expect(await tested.store.log.find(first.mid)).toMatchObject({
        seq: 1,
        content: null,
        special: { event: null, gone: 'disappeared' },
      });
      expect((await tested.store.log.find(never.mid))?.content).toEqual(bytes('hello'));
      // What is gone cannot come back.
      const change = { event: 'edit', target: 1 } as const;
      await tested.store.log.append(newMessage({ conversation, sender: alice, change }));
      expect((await tested.store.log.find(first.mid))?.content).toBe(null);
    });

    it('are emptied in portions', async () => {
      const { append } = await setUp();
      await Promise.all(Array.from({ length: 7 }, () => append('sent')));
      const portions: number[] = [];
      while (portions.at(-1) !== 0) portions.push(await tested.store.log.sweep(now + 10_000, 3));
      expect(portions).toEqual([3, 3, 1, 0]);
    });

    it('keep their age when they are edited, and lose it when they are recalled', async () => {
      const { append, advance, dueAt, bob } = await setUp();
      const [edited, recalled] = [await append('read'), await append('read')];
      await append(undefined, { change: { event: 'edit', target: 1 }, content: bytes('new') });
      await append(undefined, { change: { event: 'recall', target: 2 } });
      await advance(bob, 'read', 4, now + 1);
      expect(await dueAt(edited.mid)).toBe(now + 10_001);
      expect(await tested.store.log.sweep(now + 10_001, 10)).toBe(1);
      const [first, second, edit] = await tested.store.log.read(edited.conv, { after: 0, limit: 3 });
      expect(first).toMatchObject({ content: null, special: { gone: 'disappeared' } });
      expect(second).toMatchObject({ mid: recalled.mid, special: { gone: 'recalled', dueAt: null } });
      expect(edit).toMatchObject({ content: null, special: { event: 'edit', gone: 'disappeared' } });
    });

    it('go on waiting after the store was opened again', async () => {
      const again = await open();
      try {
        const pair = await newPair(again.store);
        const { mid, conv } = await again.store.log.append(
          newMessage({
            conversation: pair.conversation,
            sender: pair.alice,
            age: { seconds: 5, from: 'delivered' },
          }),
        );
        const store = await again.reopen();
        const dev = await newDevice(store, pair.bob);
        await store.cursors.advance({ conv, uid: pair.bob, dev, kind: 'received', seq: 1, now: now + 3 });
        expect((await store.log.find(mid))?.special?.dueAt).toBe(now + 5_003);
      } finally {
        await again.cleanup();
      }
    });
  });
}
