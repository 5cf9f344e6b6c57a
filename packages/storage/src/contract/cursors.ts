import { describe, expect, it } from 'vitest';
import type { CursorAdvance } from '../store.ts';
import {
  newApp,
  newDevice,
  newMessage,
  newPair,
  newUser,
  now,
  type OpenStore,
  useStore,
} from './store-under-test.ts';

export function describeCursors(open: OpenStore): void {
  describe('cursors', () => {
    const tested = useStore(open);

    /** Alice has written `messages` to Bob. */
    async function setUp(messages = 10) {
      const pair = await newPair(tested.store);
      const appended = await Promise.all(
        Array.from({ length: messages }, () =>
          tested.store.log.append(newMessage({ conversation: pair.conversation, sender: pair.alice })),
        ),
      );
      const conv = appended[0]?.conv ?? 0;
      const advance = (kind: CursorAdvance['kind'], seq: number, more: Partial<CursorAdvance> = {}) =>
        tested.store.cursors.advance({ conv, uid: pair.bob, dev: pair.bobDevice, kind, seq, now, ...more });
      const seenBy = (uid: number, dev = 0) => tested.store.cursors.forDevice(conv, uid, dev);
      return { ...pair, conv, advance, seenBy };
    }

    const none = { delivered: 0, deliveredAt: 0, read: 0, readAt: 0, seen: 0 };

    it('begin at nothing', async () => {
      const { alice, bob, bobDevice, aid, conv, seenBy } = await setUp(2);
      expect(await seenBy(bob, bobDevice)).toEqual({
        conv,
        key: { kind: 'pair', aid, a: Math.min(alice, bob), b: Math.max(alice, bob) },
        last: 2,
        lastAt: now,
        received: null,
        own: { uid: bob, ...none },
        peer: { uid: alice, ...none },
      });
    });

    it('move by what a device received', async () => {
      const { alice, bob, bobDevice, advance, seenBy } = await setUp();
      expect(await advance('received', 3, { now: now + 1 })).toEqual({ delivered: 3 });
      const moved = { uid: bob, ...none, delivered: 3, deliveredAt: now + 1 };
      expect(await seenBy(bob, bobDevice)).toMatchObject({ received: 3, own: moved });
      expect(await seenBy(alice)).toMatchObject({ received: null, peer: moved });
    });

    it('take reading for delivery', async () => {
      const { bob, bobDevice, advance, seenBy } = await setUp();
      expect(await advance('read', 4, { now: now + 1 })).toEqual({ delivered: 4, read: 4, seen: 4 });
      expect(await seenBy(bob, bobDevice)).toMatchObject({
        received: null,
        own: { delivered: 4, deliveredAt: now + 1, read: 4, readAt: now + 1, seen: 4 },
      });
    });

    it('keep what was read without receipt from the other', async () => {
      const { alice, advance, seenBy } = await setUp();
      expect(await advance('seen', 4)).toEqual({ delivered: 4, seen: 4 });
      expect(await seenBy(alice)).toMatchObject({ peer: { delivered: 4, read: 0, readAt: 0, seen: 4 } });
      expect(await advance('read', 4)).toEqual({ read: 4 });
      expect(await advance('read', 3)).toEqual({});
      expect(await advance('read', 6)).toEqual({ delivered: 6, read: 6, seen: 6 });
    });

    it('never move back', async () => {
      const { bob, bobDevice, advance, seenBy } = await setUp();
      await advance('received', 7, { now: now + 1 });
      expect(await advance('received', 5, { now: now + 2 })).toEqual({});
      expect(await advance('received', 7, { now: now + 2 })).toEqual({});
      expect(await seenBy(bob, bobDevice)).toMatchObject({
        received: 7,
        own: { delivered: 7, deliveredAt: now + 1 },
      });
    });

    it('stop at the newest message', async () => {
      const { bob, bobDevice, advance, seenBy } = await setUp(3);
      expect(await advance('received', 99)).toEqual({ delivered: 3 });
      expect(await seenBy(bob, bobDevice)).toMatchObject({ received: 3 });
      expect(await advance('received', 0)).toEqual({});
    });

    it('are kept for each device; the member has what any device has', async () => {
      const { bob, bobDevice, advance, seenBy } = await setUp();
      const tablet = await newDevice(tested.store, bob);
      expect(await advance('received', 5)).toEqual({ delivered: 5 });
      expect(await advance('received', 3, { dev: tablet })).toEqual({});
      expect(await advance('received', 6, { dev: tablet })).toEqual({ delivered: 6 });
      expect(await seenBy(bob, bobDevice)).toMatchObject({ received: 5, own: { delivered: 6 } });
      expect(await seenBy(bob, tablet)).toMatchObject({ received: 6, own: { delivered: 6 } });
    });

    it('of the member move without a device, or with one that is not (or no longer) his', async () => {
      const { alice, bob, aliceDevice, bobDevice, advance, seenBy } = await setUp();
      expect(await advance('received', 1, { dev: 0 })).toEqual({ delivered: 1 });
      expect(await seenBy(bob, 0)).toMatchObject({ received: null });
      expect(await advance('received', 2, { dev: aliceDevice })).toEqual({ delivered: 2 });
      expect(await seenBy(alice, aliceDevice)).toMatchObject({ received: null });
      await tested.store.devices.remove(bob, bobDevice);
      expect(await advance('received', 3)).toEqual({ delivered: 3 });
    });

    it('do not exist for others than members', async () => {
      const { aid, conv, advance, seenBy } = await setUp();
      const carol = (await newUser(tested.store, aid, 'carol')).uid;
      expect(await advance('read', 5, { uid: carol, dev: 0 })).toEqual({});
      expect(await seenBy(carol)).toBeUndefined();
      expect(await advance('read', 5, { conv: conv + 1_000_000 })).toEqual({});
      expect(await tested.store.cursors.forDevice(conv + 1_000_000, carol, 0)).toBeUndefined();
    });

    it('have no peer in notes to oneself', async () => {
      const { aid, alice, aliceDevice } = await setUp();
      const { conv } = await tested.store.log.append(
        newMessage({ conversation: { kind: 'pair', aid, a: alice, b: alice }, sender: alice }),
      );
      const advance = { conv, uid: alice, dev: aliceDevice, kind: 'received', seq: 1, now } as const;
      expect(await tested.store.cursors.advance(advance)).toEqual({ delivered: 1 });
      expect(await tested.store.cursors.forDevice(conv, alice, aliceDevice)).toMatchObject({
        received: 1,
        own: { uid: alice, delivered: 1 },
        peer: null,
      });
    });

    it('answer advances that are asked for together one after the other', async () => {
      const { bob, bobDevice, advance, seenBy } = await setUp();
      const moves = await Promise.all([
        advance('received', 2),
        advance('received', 5),
        advance('read', 3),
        advance('received', 4),
        advance('read', 3),
      ]);
      expect(moves).toEqual([{ delivered: 2 }, { delivered: 5 }, { read: 3, seen: 3 }, {}, {}]);
      expect(await seenBy(bob, bobDevice)).toMatchObject({ received: 5, own: { delivered: 5, read: 3 } });
    });

    it('see the messages that were asked for before them', async () => {
      const { alice, bob, bobDevice, conv, conversation } = await setUp(1);
      const [, moves] = await Promise.all([
        tested.store.log.append(newMessage({ conversation, sender: alice })),
        tested.store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'received', seq: 2, now }),
      ]);
      expect(moves).toEqual({ delivered: 2 });
    });

    it('know when each message was delivered and read', async () => {
      const { conv, alice, bob, advance } = await setUp();
      await advance('received', 3, { now: now + 1 });
      await advance('received', 7, { now: now + 2 });
      await advance('read', 5, { now: now + 3 });
      await advance('seen', 9, { now: now + 4 });
      const times = (seq: number) => tested.store.cursors.times(conv, bob, seq);
      expect(await times(1)).toEqual({ deliveredAt: now + 1, readAt: now + 3 });
      expect(await times(3)).toEqual({ deliveredAt: now + 1, readAt: now + 3 });
      expect(await times(4)).toEqual({ deliveredAt: now + 2, readAt: now + 3 });
      expect(await times(7)).toEqual({ deliveredAt: now + 2, readAt: null });
      expect(await times(9)).toEqual({ deliveredAt: now + 4, readAt: null });
      expect(await times(10)).toEqual({ deliveredAt: null, readAt: null });
      expect(await tested.store.cursors.times(conv, alice, 1)).toEqual({ deliveredAt: null, readAt: null });
    });

    it('do not exist in a group without members', async () => {
      const { aid } = await newApp(tested.store);
      const { uid } = await newUser(tested.store, aid, 'alice');
      const conversation = { kind: 'group', aid, gid: 1 } as const;
      const { conv } = await tested.store.log.append(newMessage({ conversation, sender: uid }));
      expect(await tested.store.cursors.advance({ conv, uid, dev: 0, kind: 'read', seq: 1, now })).toEqual(
        {},
      );
      expect(await tested.store.cursors.forDevice(conv, uid, 0)).toBeUndefined();
    });
  });
}
