import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeNow, newGroup, putting, readablePlaces } from './group-fixture.ts';
import { newDevice, newMessage, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeGroupMembership(open: OpenStore): void {
  describe('membership of a group', () => {
    const tested = useStore(open);

    it('decides what of the log is for whom: from joining to leaving', async () => {
      const { group, alice, bob, say, change, readable } = await newGroup(tested.store);
      await say();
      await change({ put: [putting(bob)] });
      await say();
      await say();
      await change({ remove: [bob] });
      await say();
      expect(await readable(bob)).toEqual([2, 3]);
      await change({ put: [putting(bob)] });
      await say();
      expect(await readable(bob)).toEqual([2, 3, 5]);
      expect(await readable(alice)).toEqual([1, 2, 3, 4, 5]);
      const { conv } = group;
      const joinedBehind = (seq: number) => tested.store.groups.joinedBehind({ conv, seq, limit: 10 });
      const places = await Promise.all([1, 2, 3, 4, 5].map(joinedBehind));
      expect(places).toEqual([[bob], [], [], [bob], []]);
    });

    it('that begins again is told what was changed meanwhile of what it had', async () => {
      const { group, key, alice, bob, say, change } = await newGroup(tested.store);
      const { conv } = group;
      const missed = (after = 0, uid = bob) =>
        tested.store.groups.missedChanges({ conv, uid, after, limit: 3 });
      const does = (event: 'edit' | 'recall' | 'pin', target: number) =>
        tested.store.log.append(newMessage({ conversation: key, sender: alice, change: { event, target } }));
      await say();
      await change({ put: [putting(bob)] });
      await say();
      await say();
      await does('edit', 2);
      await change({ remove: [bob] });
      await say();
      // At 6 to 10: of before he came, of his time, and of when he was away.
      for (const target of [1, 2, 5]) await does('edit', target);
      await does('recall', 3);
      await does('pin', 2);
      expect(await missed()).toEqual([]);
      await change({ put: [putting(bob)] });
      await does('edit', 2);
      expect([await missed(), await missed(7), await missed(9)]).toEqual([[7, 9], [9], []]);
      expect(await missed(0, alice)).toEqual([]);
      await change({ remove: [bob] });
      for (let time = 0; time < 4; time += 1) await does('edit', 2);
      expect(await missed(7)).toEqual([9]);
      await change({ put: [putting(bob)] });
      expect(await missed(7)).toEqual([9, 12, 13]);
    });

    it('that ends and begins again between two messages leaves nothing out', async () => {
      const { bob, say, change, readable } = await newGroup(tested.store);
      await change({ put: [putting(bob)] });
      await change({ remove: [bob] });
      await change({ put: [putting(bob)] });
      await say();
      await change({ put: [putting(bob, { flags: 3 })] });
      await say();
      expect(await readable(bob)).toEqual([1, 2]);
    });

    it('without receiving is none for the log', async () => {
      const { group, bob, say, change, readable } = await newGroup(tested.store);
      await change({ put: [putting(bob, { receives: false })] });
      await say();
      await change({ put: [putting(bob)] });
      await say();
      await change({ put: [putting(bob, { receives: false })] });
      await say();
      expect(await readable(bob)).toEqual([2]);
      expect(await tested.store.groups.member(group.gid, bob)).toBeDefined();
    });

    it('may be narrowed to those with a permission, and widened to everybody', async () => {
      const { group, alice, bob, carol, say, change, readable } = await newGroup(tested.store);
      await change({ put: [putting(bob, { flags: 0x1d }), putting(carol)] });
      await say();
      await change({ receivers: { flags: 0x2 } });
      await say();
      const uids = [alice, bob, carol];
      const chosen = await tested.store.groups.receiversAmong(group.conv, uids);
      expect(new Set(chosen.uids)).toEqual(new Set([alice, carol]));
      await change({ receivers: { flags: 0 } });
      await say();
      expect(await readable(bob)).toEqual([1, 3]);
      expect(await readable(carol)).toEqual([1, 2, 3]);
      expect((await tested.store.groups.receiversAmong(group.conv, uids)).uids).toHaveLength(3);
    });

    it('is true of an epoch, which every message carries', async () => {
      const { group, key, alice, bob, change } = await newGroup(tested.store);
      const message = newMessage({ conversation: key, sender: alice });
      const before = await tested.store.log.append(message);
      const { epoch } = await change({ put: [putting(bob)] });
      const after = await tested.store.log.append(message);
      expect([before.epoch, after.epoch]).toEqual([group.epoch, epoch]);
      const known = await tested.store.groups.receiversAmong(group.conv, [bob]);
      expect(known).toEqual({ epoch, uids: [bob] });
      expect(await tested.store.groups.receiversAmong(group.conv, [])).toEqual({ epoch, uids: [] });
    });

    it('shows in what has changed for the user since a position', async () => {
      const { group, bob, change, say } = await newGroup(tested.store);
      const { cursors } = tested.store;
      const dev = await newDevice(tested.store, bob);
      const changed = (position: number) => cursors.changed({ uid: bob, dev, position, limit: 10 });
      await say();
      const before = await changed(0);
      expect(before.conversations).toEqual([]);
      await change({ put: [putting(bob)] });
      const joined = await changed(before.position);
      expect(joined.conversations).toMatchObject([
        { conv: group.conv, last: 1, own: { delivered: 1, seen: 1 }, peer: null, received: null },
      ]);
      expect((await changed(joined.position)).conversations).toEqual([]);
      await change({ remove: [bob] });
      expect((await changed(joined.position)).conversations).toMatchObject([{ conv: group.conv }]);
    });

    it('has cursors like those of a pair, and tells who received and read what he may read', async () => {
      const { group, alice, bob, carol, change, say } = await newGroup(tested.store);
      const { cursors, groups } = tested.store;
      const dev = await newDevice(tested.store, bob);
      await say();
      await change({ put: [putting(bob)] });
      await say();
      await change({ put: [putting(carol)] });
      const advance = { conv: group.conv, uid: bob, dev, seq: 2, now: now + 7 } as const;
      expect(await cursors.advance({ ...advance, kind: 'received' })).toEqual({ delivered: 2 });
      expect(await cursors.advance({ ...advance, kind: 'read' })).toEqual({ read: 2, seen: 2 });
      const of = (seq: number) => groups.receipts({ conv: group.conv, seq, limit: 10 });
      expect(await of(1)).toEqual([{ uid: alice, after: 0, deliveredAt: null, readAt: null }]);
      expect(await of(2)).toEqual([
        { uid: alice, after: 0, deliveredAt: null, readAt: null },
        { uid: bob, after: 1, deliveredAt: now + 7, readAt: now + 7 },
      ]);
      expect(await groups.receipts({ conv: group.conv, seq: 2, after: alice, limit: 1 })).toHaveLength(1);
      expect(await groups.senders(group.conv, 0, 2)).toEqual([alice]);
      expect(await groups.senders(group.conv, 2, 9)).toEqual([]);
    });

    it('keeps expired messages that another member received in time', async () => {
      const { group, key, alice, bob, change } = await newGroup(tested.store);
      await change({ put: [putting(bob)] });
      const message = newMessage({ conversation: key, sender: alice, expiresAt: now + 1000 });
      await tested.store.log.append(message);
      await tested.store.cursors.advance({
        conv: group.conv,
        uid: bob,
        dev: 0,
        kind: 'received',
        seq: 1,
        now,
      });
      await tested.store.log.append(message);
      await tested.store.log.sweep(now + 2000, 100);
      const kept = await tested.store.log.read(group.conv, { after: 0, limit: 9 });
      expect(kept.map(({ content }) => content !== null)).toEqual([true, false]);
    });

    it('keeps its boundaries exact while messages are appended at the same time', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 12 }), async (steps) => {
          const { group, key, alice, bob } = await newGroup(tested.store);
          const appended: Promise<{ seq: number; epoch: number }>[] = [];
          // After each change of the membership: whether bob is a member from then on.
          const memberSince = new Map([[group.epoch, false]]);
          let isMember = false;
          const changing = (async () => {
            for (const joins of steps) {
              const change = joins ? { put: [putting(bob)] } : { remove: [bob] };
              const { epoch } = await changeNow(tested.store, group.gid, change);
              isMember = joins;
              memberSince.set(epoch, isMember);
              appended.push(tested.store.log.append(newMessage({ conversation: key, sender: alice })));
            }
          })();
          for (let index = 0; index < 20; index++) {
            appended.push(tested.store.log.append(newMessage({ conversation: key, sender: alice })));
            if (index % 4 === 3) await appended.at(-1);
          }
          await changing;
          const all = await Promise.all(appended);
          const expected = all.filter(({ epoch }) => memberSince.get(epoch)).map(({ seq }) => seq);
          expect(await readablePlaces(tested.store, group, bob)).toEqual(expected.sort((a, b) => a - b));
        }),
        { numRuns: 15 },
      );
    });
  });
}
