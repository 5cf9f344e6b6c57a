import { describe, expect, it } from 'vitest';
import type { RoomLeaseStore } from '../store.ts';
import { newGroup } from './group-fixture.ts';
import { now, type OpenStore, useStore } from './store-under-test.ts';

/** What a server does with the lease of a room, each at least once. */
export async function useRoomLeases(leases: RoomLeaseStore, gid: number): Promise<void> {
  const claim = { gid, now, until: now + 1, goesOnAfter: now };
  const { epoch } = await leases.claim({ ...claim, node: 'one' });
  await leases.claim({ ...claim, node: 'other' });
  await leases.renew('one', now + 2);
  await leases.heldBy('one');
  await leases.find(gid);
  await leases.release({ gid, epoch });
}

export function describeRoomLeases(open: OpenStore): void {
  describe('the lease of a room', () => {
    const tested = useStore(open);

    it('is one node’s alone until it runs out or is given back, each time with a higher epoch', async () => {
      const { group } = await newGroup(tested.store);
      const { gid } = group;
      const { roomLeases: leases } = tested.store;
      const claim = (node: string, at: number, goesOnAfter = now) =>
        leases.claim({ gid, node, now: at, until: at + 10, goesOnAfter });
      expect(await leases.find(gid)).toBeUndefined();
      const first = { gid, node: 'one', epoch: 1, until: now + 10, startedAt: now };
      expect(await claim('one', now)).toEqual(first);
      expect(await claim('other', now + 9)).toEqual(first);
      expect(await claim('other', now + 10)).toEqual({
        ...first,
        node: 'other',
        epoch: 2,
        until: now + 20,
      });
      expect(await leases.renew('one', now + 100)).toEqual([]);
      await leases.release({ gid, epoch: 1 });
      expect(await leases.find(gid)).toMatchObject({ node: 'other', epoch: 2 });
      await leases.release({ gid, epoch: 2 });
      expect(await leases.find(gid)).toMatchObject({ node: null, epoch: 2 });
      expect(await claim('one', now + 11)).toEqual({
        ...first,
        epoch: 3,
        until: now + 21,
        startedAt: now + 11,
      });
      expect(await claim('other', now + 50, now + 40)).toMatchObject({ epoch: 4, startedAt: now + 50 });
    });

    it('is prolonged with all others of its node, also late, when nobody has taken it', async () => {
      const [one, other] = [await newGroup(tested.store), await newGroup(tested.store)];
      const { roomLeases: leases } = tested.store;
      const node = `node-${one.group.gid}`;
      for (const { group } of [one, other])
        await leases.claim({ gid: group.gid, node, now, until: now + 10, goesOnAfter: now });
      const renewed = await leases.renew(node, now + 1_000);
      expect(renewed.sort((a, b) => a.gid - b.gid)).toEqual([
        { gid: one.group.gid, epoch: 1 },
        { gid: other.group.gid, epoch: 1 },
      ]);
      expect((await leases.find(other.group.gid))?.until).toBe(now + 1_000);
      await leases.release({ gid: one.group.gid, epoch: 1 });
      expect(await leases.heldBy(node)).toEqual([await leases.find(other.group.gid)]);
    });

    it('has one winner when many want it', async () => {
      const { group } = await newGroup(tested.store);
      const { roomLeases: leases } = tested.store;
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          leases.claim({ gid: group.gid, node: `n${index}`, now, until: now + 10, goesOnAfter: now }),
        ),
      );
      expect(new Set(claims.map(({ node }) => node)).size).toBe(1);
      expect(new Set(claims.map(({ epoch }) => epoch))).toEqual(new Set([1]));
    });
  });
}
