import { describe, expect, it } from 'vitest';
import { newGroup, putting } from './group-fixture.ts';
import { newUser, now, type OpenStore, randomHash, useStore } from './store-under-test.ts';

export function describeGroups(open: OpenStore): void {
  describe('groups', () => {
    const tested = useStore(open);

    it('are made with a conversation and their first members', async () => {
      const { aid, alice, group, key } = await newGroup(tested.store);
      const { groups, log } = tested.store;
      expect(group).toMatchObject({ aid, name: 'Band', settings: { status: 'on tour' }, deleted: false });
      expect(group.gid).toBeGreaterThanOrEqual(1000);
      expect(await groups.find(group.gid)).toEqual(group);
      expect(await log.findConversation(key)).toMatchObject({ conv: group.conv, last: 0 });
      expect(await groups.member(group.gid, alice)).toMatchObject({
        role: 'owner',
        flags: 0x1f,
        admin: 0xffff,
      });
      expect(await groups.ofUser({ uid: alice, limit: 10 })).toMatchObject([
        { group, member: { uid: alice }, receives: true },
      ]);
      expect(await groups.list({ aid, limit: 10 })).toEqual([group]);
    });

    it('are changed only by who knows their epoch', async () => {
      const { group } = await newGroup(tested.store);
      const { groups } = tested.store;
      const change = { now, group: { name: 'Trio', flags: 0x40, settings: {}, expiresAt: now + 1000 } };
      expect(await groups.change({ ...group, epoch: group.epoch + 1 }, change)).toBeUndefined();
      expect(await groups.find(group.gid)).toEqual(group);
      expect(await groups.change(group, change)).toEqual({ epoch: group.epoch + 1, last: 0 });
      expect(await groups.change(group, change)).toBeUndefined();
      const { name, flags, epoch } = (await groups.find(group.gid)) ?? {};
      expect({ name, flags, epoch }).toEqual({ name: 'Trio', flags: 0x40, epoch: group.epoch + 1 });
    });

    it('are changed by one of many who try at the same time', async () => {
      const { group, bob } = await newGroup(tested.store);
      const tries = Array.from({ length: 8 }, (_, index) =>
        tested.store.groups.change(group, { now, put: [putting(bob, { flags: index })] }),
      );
      expect((await Promise.all(tries)).filter((changed) => changed !== undefined)).toHaveLength(1);
    });

    it('list their members in pages, and find some of them', async () => {
      const { aid, group, alice, change } = await newGroup(tested.store);
      const { groups } = tested.store;
      const others: number[] = [];
      for (let index = 0; index < 5; index++) {
        others.push((await newUser(tested.store, aid, `member-${index}`)).uid);
      }
      await change({ put: others.map((uid) => putting(uid)) });
      const first = await groups.members({ gid: group.gid, limit: 4 });
      const rest = await groups.members({ gid: group.gid, limit: 4, after: first.at(-1)?.uid ?? 0 });
      expect([...first, ...rest].map(({ uid }) => uid)).toEqual([alice, ...others]);
      expect(await groups.countMembers(group.gid)).toBe(6);
      const some = await groups.membersAmong(group.gid, [others[1] ?? 0, others[3] ?? 0, 999_999_999]);
      expect(some.map(({ uid }) => uid).sort()).toEqual([others[1], others[3]]);
    });

    it('change the role and permissions of a member, and keep since when he is one', async () => {
      const { group, bob, change } = await newGroup(tested.store);
      await change({ put: [putting(bob)] });
      await change({ put: [putting(bob, { role: 'admin', flags: 3, admin: 0x30 })] });
      expect(await tested.store.groups.member(group.gid, bob)).toEqual({
        gid: group.gid,
        uid: bob,
        role: 'admin',
        flags: 3,
        admin: 0x30,
        joinedAt: now,
      });
    });

    it('keep what counts for a member in calls, and until when he is one', async () => {
      const { aid, group, alice, bob, change } = await newGroup(tested.store);
      const { groups } = tested.store;
      const calls = { callFlags: 3, videoResolution: 2 };
      await change({ put: [putting(bob, { calls, until: 1000 })] });
      expect(await groups.member(group.gid, bob)).toMatchObject({ calls, until: 1000 });
      const [membership] = await groups.ofUser({ uid: bob, limit: 9 });
      expect(membership?.member).toMatchObject({ calls, until: 1000 });
      expect(await groups.member(group.gid, alice)).not.toHaveProperty('calls');
      expect([await groups.countOwned(alice), await groups.countOwned(bob)]).toEqual([1, 0]);
      const ended = async (time: number) =>
        (await groups.expiredMembers(time, 100)).filter(({ gid }) => gid === group.gid);
      expect(await ended(1000)).toEqual([]);
      expect(await ended(1001)).toEqual([{ aid, gid: group.gid, uid: bob }]);
      const at = async (time?: number) => {
        const query = { gid: group.gid, limit: 9, ...(time !== undefined && { now: time }) };
        return (await groups.members(query)).some(({ uid }) => uid === bob);
      };
      expect([await at(), await at(999), await at(1000)]).toEqual([true, true, false]);
      // Who is put is as he is put.
      await change({ put: [putting(bob)] });
      expect(await groups.member(group.gid, bob)).not.toHaveProperty('calls');
      expect(await ended(1001)).toEqual([]);
    });

    it('keep PINs', async () => {
      const { group, change } = await newGroup(tested.store);
      const base = { flags: 3, admin: 0, expiresAt: null, usesLeft: null, holder: null };
      const other = { ...base, pin: 100_000 };
      const calls = { callDuration: 60 };
      const pin = { ...base, pin: 4_000_000_000, expiresAt: now + 5, usesLeft: 2, holder: 0, calls, stay: 9 };
      await change({ putPins: [pin, other] });
      expect(await tested.store.groups.pins(group.gid)).toEqual([other, pin]);
      await change({ putPins: [{ ...pin, usesLeft: 1 }], removePins: [other.pin] });
      expect(await tested.store.groups.pins(group.gid)).toEqual([{ ...pin, usesLeft: 1 }]);
    });

    it('know who joined with a PIN, and which of those that have ended still have members', async () => {
      const { aid, group, bob, carol, change } = await newGroup(tested.store);
      const { gid } = group;
      const { groups } = tested.store;
      const pin = { pin: 77, flags: 5, admin: 0, expiresAt: 1000, usesLeft: null, holder: null };
      const withPin = async (flags: number) =>
        (await groups.membersWithPin({ gid, pin: 77, flags, limit: 9 })).map(({ uid }) => uid);
      const ended = async (time: number) =>
        (await groups.expiredPins({ now: time, flags: 4, limit: 100 })).filter((found) => found.gid === gid);
      await change({
        putPins: [pin],
        put: [putting(bob, { flags: 5, pin: 77 }), putting(carol, { flags: 5 })],
      });
      expect(await withPin(4)).toEqual([bob]);
      expect(await withPin(2)).toEqual([]);
      expect(await ended(1000)).toEqual([]);
      expect(await ended(1001)).toEqual([{ aid, gid, pin: 77 }]);
      // A change of what he may do does not change how he joined; who administers the group is not meant.
      await change({ put: [putting(bob, { flags: 4 })] });
      expect(await withPin(4)).toEqual([bob]);
      await change({ put: [putting(bob, { flags: 4, role: 'admin', admin: 1 })] });
      expect(await withPin(4)).toEqual([]);
      expect(await ended(1001)).toEqual([]);
    });

    it('keep who asks to join until he is a member or refused', async () => {
      const { group, bob, carol, change } = await newGroup(tested.store);
      const { groups } = tested.store;
      await change({ putRequests: [bob] });
      await change({ putRequests: [carol] });
      const [first] = await groups.requests({ gid: group.gid, limit: 1 });
      expect(first).toEqual({ uid: bob, askedAt: now });
      expect(await groups.requests({ gid: group.gid, limit: 9, ...(first && { after: first }) })).toEqual([
        { uid: carol, askedAt: now },
      ]);
      await change({ put: [putting(bob)], removeRequests: [carol] });
      expect(await groups.countRequests(group.gid)).toBe(0);
    });

    it('end for everybody when they are deleted, and keep their log', async () => {
      const { aid, group, alice, say, change, readable } = await newGroup(tested.store);
      const { groups } = tested.store;
      await say();
      await change({ deleted: true });
      await say();
      expect(await groups.find(group.gid)).toMatchObject({ deleted: true });
      expect(await groups.ofUser({ uid: alice, limit: 9 })).toEqual([]);
      expect(await groups.list({ aid, limit: 9 })).toEqual([]);
      expect(await readable(alice)).toEqual([1]);
    });

    it('are found when their time is over', async () => {
      const { group, change } = await newGroup(tested.store);
      await change({ group: { expiresAt: 1000 } });
      const found = async (at: number) => (await tested.store.groups.expired(at, 100)).map(({ gid }) => gid);
      expect(await found(1000)).not.toContain(group.gid);
      expect(await found(1001)).toContain(group.gid);
      await change({ deleted: true });
      expect(await found(1001)).not.toContain(group.gid);
    });

    it('go with their app', async () => {
      const { aid, group, alice, bob, change, say } = await newGroup(tested.store);
      await change({
        put: [putting(bob)],
        putPins: [{ pin: 1, flags: 0, admin: 0, expiresAt: null, usesLeft: 1, holder: null }],
      });
      await say();
      await tested.store.apps.update(aid, { tokenHash: randomHash() });
      expect(await tested.store.apps.remove(aid)).toBe(true);
      expect(await tested.store.groups.find(group.gid)).toBeUndefined();
      expect(await tested.store.groups.spans(group.conv, alice)).toEqual([]);
    });
  });
}
