import { describe, expect, it } from 'vitest';
import { newMessage, newPair, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeDevices(open: OpenStore): void {
  describe('devices', () => {
    const tested = useStore(open);

    it('are made once for each id of a user', async () => {
      const { alice, bob } = await newPair(tested.store);
      const device = { uid: alice, id: 'aaaaaaaaaaaaaaaa', agent: 'one', position: undefined, now };
      const made = await tested.store.devices.open(device);
      expect(made).toEqual({
        dev: made.dev,
        uid: alice,
        id: device.id,
        agent: 'one',
        createdAt: now,
        lastSeen: now,
        tokenId: null,
        run: null,
        signIns: 1,
        ended: null,
        admitted: true,
        displaced: [],
      });
      const later = { ...device, agent: 'two', position: 3, tokenId: 8, run: 'second', now: now + 9 };
      const again = await tested.store.devices.open(later);
      const change = { agent: 'two', lastSeen: now + 9, tokenId: 8, run: 'second', signIns: 2 };
      expect(again).toEqual({ ...made, ...change });
      const others = await tested.store.devices.open({ ...device, uid: bob });
      expect(others.dev).not.toBe(made.dev);
      const { admitted, displaced, ...stored } = again;
      expect((await tested.store.devices.list(alice)).at(-1)).toEqual(stored);
      expect(await tested.store.devices.find(alice, made.dev)).toEqual(stored);
      expect(await tested.store.devices.find(bob, made.dev)).toBeUndefined();
    });

    it('are seen later, never earlier', async () => {
      const { alice, aliceDevice: dev } = await newPair(tested.store);
      await tested.store.devices.seen([]);
      await tested.store.devices.seen([
        { dev, at: now + 5 },
        { dev: dev + 1_000_000, at: now },
      ]);
      await tested.store.devices.seen([{ dev, at: now + 2 }]);
      expect(await tested.store.devices.find(alice, dev)).toMatchObject({ lastSeen: now + 5 });
    });

    it('are removed from their user only, and their number is never given again', async () => {
      const { alice, bob, bobDevice } = await newPair(tested.store);
      expect(await tested.store.devices.remove(alice, bobDevice)).toBe(false);
      expect(await tested.store.devices.remove(bob, bobDevice)).toBe(true);
      expect(await tested.store.devices.remove(bob, bobDevice)).toBe(false);
      expect(await tested.store.devices.list(bob)).toEqual([]);
      const next = await tested.store.devices.open({
        uid: bob,
        id: 'bbbb',
        agent: '',
        position: undefined,
        now,
      });
      expect(next.dev).toBeGreaterThan(bobDevice);
    });

    describe('that connect again', () => {
      async function received(positions: (number | undefined)[]): Promise<number | null | undefined> {
        const { alice, bob, conversation } = await newPair(tested.store);
        const connect = (position: number | undefined) =>
          tested.store.devices.open({ uid: bob, id: 'phone', agent: '', position, now });
        const { conv } = await tested.store.log.append(newMessage({ conversation, sender: alice }));
        const [first, ...later] = positions;
        const { dev } = await connect(first);
        await tested.store.cursors.advance({ conv, uid: bob, dev, kind: 'received', seq: 1, now });
        for (const position of later) await connect(position);
        return (await tested.store.cursors.forDevice(conv, bob, dev))?.received;
      }

      it('go on where they were when they name the same or a newer position', async () => {
        expect(await received([undefined, undefined])).toBe(1);
        expect(await received([undefined, 5])).toBe(1);
        expect(await received([5, 5])).toBe(1);
        expect(await received([5, 6, 7])).toBe(1);
      });

      it('are sent everything again when they name an older position', async () => {
        expect(await received([5, 4])).toBeNull();
        expect(await received([undefined, 5, 4])).toBeNull();
        expect(await received([5, 6, 5])).toBeNull();
      });

      it('are sent everything again when they name none although they did before', async () => {
        expect(await received([5, undefined])).toBeNull();
        expect(await received([0, undefined])).toBeNull();
      });
    });

    it('start anew from the message that they acknowledge after a reset', async () => {
      const { alice, bob, conversation } = await newPair(tested.store);
      const connect = (position: number | undefined) =>
        tested.store.devices.open({ uid: bob, id: 'phone', agent: '', position, now });
      const append = () => tested.store.log.append(newMessage({ conversation, sender: alice }));
      const [{ conv }] = await Promise.all([append(), append(), append()]);
      const { dev } = await connect(9);
      const advance = (seq: number) =>
        tested.store.cursors.advance({ conv, uid: bob, dev, kind: 'received', seq, now });
      await advance(3);
      await connect(5);
      await connect(undefined);
      await advance(2);
      expect(await tested.store.cursors.forDevice(conv, bob, dev)).toMatchObject({
        received: 2,
        own: { delivered: 3 },
      });
    });
  });
}
