import { describe, expect, it } from 'vitest';
import { newMessage, newPair, newUser, now, type OpenStore, useStore } from './store-under-test.ts';

export function describePushSweep(open: OpenStore): void {
  describe('the sweep for push', () => {
    const tested = useStore(open);

    it('is one node’s at a time, which notes how far it has come', async () => {
      const { pushSweep } = tested.store;
      const one = { node: 'one', now, until: now + 10 };
      expect(await pushSweep.hold(one)).toBe(0);
      const others = ['two', 'three', 'four'].map((node) => pushSweep.hold({ ...one, node }));
      expect(await Promise.all(others)).toEqual([undefined, undefined, undefined]);
      expect(await pushSweep.move({ node: 'two', mid: 5, until: now + 99 })).toBe(false);
      expect(await pushSweep.move({ node: 'one', mid: 7, until: now + 20 })).toBe(true);
      expect(await pushSweep.hold({ node: 'two', now: now + 19, until: now + 99 })).toBe(undefined);
      expect(await pushSweep.hold({ node: 'one', now: now + 19, until: now + 21 })).toBe(7);
      const later = { now: now + 21, until: now + 99 };
      const both = [pushSweep.hold({ node: 'two', ...later }), pushSweep.hold({ node: 'three', ...later })];
      expect((await Promise.all(both)).filter((mid) => mid === 7)).toHaveLength(1);
    });

    it('goes over all logs in the order of their entries', async () => {
      const { log, pushSweep } = tested.store;
      const [first, second] = [await newPair(tested.store), await newPair(tested.store)];
      const start = await pushSweep.newest();
      const send = ({ conversation, alice }: typeof first, ts: number) =>
        log.append(newMessage({ conversation, sender: alice, ts }));
      const sent = [await send(first, now), await send(second, now + 1), await send(first, now + 2)];
      const entries = sent.map(({ mid, conv }, index) => ({ mid, conv, ts: now + index }));
      expect(await pushSweep.entries(start, 10)).toEqual(entries);
      expect(await pushSweep.entries(start, 2)).toEqual(entries.slice(0, 2));
      expect(await pushSweep.entries(entries[1]?.mid ?? 0, 10)).toEqual(entries.slice(2));
      expect(await pushSweep.newest()).toBe(entries[2]?.mid);
    });

    it('finds who is to be woken and has not got everything', async () => {
      const { log, push, pushSweep, cursors, groups, devices } = tested.store;
      const { aid, alice, bob, bobDevice, conversation } = await newPair(tested.store);
      const register = (uid: number, dev: number) =>
        push.register({
          uid,
          dev,
          provider: 'fcm',
          target: `token ${dev}`,
          keys: null,
          voip: null,
          createdAt: now,
        });
      const { conv } = await log.append(newMessage({ conversation, sender: alice }));
      expect(await pushSweep.awaiting([conv])).toEqual([]);
      await register(bob, bobDevice);
      const second = await devices.open({ uid: bob, id: 'second', agent: '', position: undefined, now });
      await register(bob, second.dev);
      expect(await pushSweep.awaiting([conv])).toEqual([{ uid: bob, conv }]);

      const member = (uid: number) => ({ uid, role: 'member', flags: 0, admin: 0, receives: true }) as const;
      const carol = await newUser(tested.store, aid, 'carol');
      const settings = { aid, name: 'g', flags: 0, settings: {}, expiresAt: null, extendSeconds: 0, now };
      const members = [alice, bob, carol.uid].map(member);
      const group = await groups.create({ ...settings, members });
      await log.append(newMessage({ conversation: { kind: 'group', aid, gid: group.gid }, sender: alice }));
      const many = Array.from({ length: 120 }, (_, index) => 1_000_000 + index);
      const found = await pushSweep.awaiting([...many, group.conv, conv]);
      expect(found.toSorted((a, b) => a.conv - b.conv)).toEqual([
        { uid: bob, conv },
        { uid: bob, conv: group.conv },
      ]);

      await cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'received', seq: 1, now });
      await groups.change(group, { now, remove: [bob] });
      expect(await pushSweep.awaiting([conv, group.conv])).toEqual([]);
      expect(await pushSweep.awaiting([])).toEqual([]);
    });
  });
}
