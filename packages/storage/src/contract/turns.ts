import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeNow, newGroup, putting, readablePlaces } from './group-fixture.ts';
import { newDevice, newMessage, newUser, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeTurns(open: OpenStore): void {
  describe('a group whose members get messages in turn', () => {
    const tested = useStore(open);

    async function newHuntGroup(flags = 0) {
      const group = await newGroup(tested.store);
      const { alice, bob, carol, change } = group;
      const dave = (await newUser(tested.store, group.aid, 'dave')).uid;
      const closed = { receives: false };
      await change({
        receivers: { flags, inTurn: true },
        put: [alice, bob, carol, dave].map((uid) => putting(uid, closed)),
      });
      return { ...group, dave };
    }

    it('gives each message to the next one who is not its sender, and shows it to its sender', async () => {
      const { alice, bob, carol, dave, key, readable } = await newHuntGroup();
      const receivers: (number | undefined)[] = [];
      for (const sender of [alice, alice, alice, alice, bob]) {
        const { receiver } = await tested.store.log.append(newMessage({ conversation: key, sender }));
        receivers.push(receiver);
      }
      expect(receivers).toEqual([bob, carol, dave, bob, carol]);
      expect(await readable(alice)).toEqual([1, 2, 3, 4]);
      expect(await readable(bob)).toEqual([1, 4, 5]);
      expect(await readable(carol)).toEqual([2, 5]);
      expect(await readable(dave)).toEqual([3]);
    });

    it('passes over who lacks a permission or has left, and over everybody when nobody is left', async () => {
      const { group, alice, bob, carol, dave, key, change } = await newHuntGroup(0x2);
      const say = async (sender: number) =>
        (await tested.store.log.append(newMessage({ conversation: key, sender }))).receiver;
      await change({ put: [putting(bob, { flags: 0x1d, receives: false })], remove: [carol] });
      expect([await say(alice), await say(alice)]).toEqual([dave, dave]);
      const next = { conv: group.conv, sender: alice, after: dave };
      expect(await tested.store.groups.nextInTurn(next)).toBe(dave);
      await change({ remove: [dave] });
      expect(await say(alice)).toBe(0);
      expect(await tested.store.groups.nextInTurn(next)).toBeUndefined();
      // Bob does not take turns, so he does not see what he says either.
      expect(await say(bob)).toBe(alice);
      expect(await readablePlaces(tested.store, group, bob)).toEqual([]);
    });

    it('gives the change of a message to those who have the message', async () => {
      const { alice, key, readable, bob, carol, say } = await newHuntGroup();
      await say();
      const change = { event: 'edit', target: 1 } as const;
      const { receiver } = await tested.store.log.append(
        newMessage({ conversation: key, sender: alice, change }),
      );
      await say();
      expect(receiver).toBe(0);
      expect([await readable(alice), await readable(bob), await readable(carol)]).toEqual([
        [1, 2, 3],
        [1, 2],
        [3],
      ]);
    });

    it('gives a message that is sent twice to one member', async () => {
      const { group, alice, key } = await newHuntGroup();
      const message = newMessage({ conversation: key, sender: alice, dev: 1, id: 1 });
      const [first, second] = await Promise.all([
        tested.store.log.append(message),
        tested.store.log.append(message),
      ]);
      expect(second).toMatchObject({ duplicate: true, seq: first.seq });
      const { store } = tested;
      expect(await store.groups.receipts({ conv: group.conv, seq: first.seq, limit: 9 })).toHaveLength(2);
    });

    it('goes over to giving everybody everything, and back', async () => {
      const { bob, carol, change, say, readable } = await newHuntGroup();
      await say();
      await change({ receivers: { flags: 0 } });
      await say();
      await change({ receivers: { flags: 0, inTurn: true } });
      await say();
      await say();
      expect(await readable(bob)).toEqual([1, 2]);
      expect(await readable(carol)).toEqual([2, 3]);
    });

    it('tells a sender up to where all of his messages were delivered and read', async () => {
      const { group, alice, bob, carol, dave, say } = await newHuntGroup();
      const { cursors, groups } = tested.store;
      const settled = (after = 0) => groups.settled({ conv: group.conv, sender: alice, after });
      for (let index = 0; index < 3; index++) await say();
      const advance = async (uid: number, kind: 'received' | 'read', seq: number) => {
        const dev = await newDevice(tested.store, uid);
        await cursors.advance({ conv: group.conv, uid, dev, kind, seq, now });
      };
      await advance(dave, 'read', 3);
      expect(await settled()).toEqual({ delivered: 0, read: 0 });
      await advance(bob, 'read', 1);
      expect(await settled()).toEqual({ delivered: 1, read: 1 });
      await advance(carol, 'received', 2);
      expect(await settled()).toEqual({ delivered: 3, read: 1 });
      expect(await settled(2)).toEqual({ delivered: 3, read: 3 });
      const normal = await newGroup(tested.store);
      expect(
        await groups.settled({ conv: normal.group.conv, sender: normal.alice, after: 0 }),
      ).toBeUndefined();
    });

    it('has exactly one receiver for each message, while members come and go and many send', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(3), { minLength: 3, maxLength: 10 }), async (steps) => {
          const { group, key, alice, bob, carol, dave } = await newHuntGroup();
          const people = [alice, bob, carol, dave];
          const appended: ReturnType<typeof tested.store.log.append>[] = [];
          for (const [index, who] of steps.entries()) {
            const uid = people[who] ?? alice;
            for (const sender of people) {
              appended.push(tested.store.log.append(newMessage({ conversation: key, sender })));
            }
            const puts = index % 2 === 0 ? { remove: [uid] } : { put: [putting(uid, { receives: false })] };
            await changeNow(tested.store, group.gid, puts);
          }
          const all = await Promise.all(appended);
          const places = new Map<number, number[]>();
          for (const uid of people) {
            for (const seq of await readablePlaces(tested.store, group, uid)) {
              places.set(seq, [...(places.get(seq) ?? []), uid]);
            }
          }
          for (const [index, { seq, receiver = 0 }] of all.entries()) {
            const sender = people[index % people.length];
            expect((places.get(seq) ?? []).filter((uid) => uid !== sender)).toEqual(
              receiver === 0 ? [] : [receiver],
            );
          }
        }),
        { numRuns: 8 },
      );
    });
  });
}
