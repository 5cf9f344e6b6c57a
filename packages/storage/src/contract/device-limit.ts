import { describe, expect, it } from 'vitest';
import type { Device, OpeningDevice } from '../store.ts';
import {
  newApp,
  newMessage,
  newPair,
  newUser,
  now,
  type OpenStore,
  randomHash,
  useStore,
} from './store-under-test.ts';

export function describeDeviceLimit(open: OpenStore): void {
  describe('devices of a user that are limited or signed out', () => {
    const tested = useStore(open);

    /** Opens devices of one new user, each a millisecond after the one before. */
    async function setUp(limit: number) {
      const { aid } = await newApp(tested.store);
      const { uid } = await newUser(tested.store, aid, 'alice');
      let time = now;
      const openDevice = (id: string, more: Partial<OpeningDevice> = {}) => {
        time += 1;
        return tested.store.devices.open({ uid, id, agent: '', position: 1, limit, now: time, ...more });
      };
      const ids = async () => (await tested.store.devices.list(uid)).map(({ id }) => id).sort();
      return { aid, uid, openDevice, ids };
    }

    const idsOf = (devices: readonly Device[]) => devices.map(({ id }) => id).sort();

    it('displace the one that was seen last longest ago', async () => {
      const { openDevice, ids } = await setUp(2);
      await openDevice('a');
      const { dev } = await openDevice('b');
      await openDevice('a');
      expect(await openDevice('c')).toMatchObject({
        admitted: true,
        displaced: [{ dev, id: 'b', ended: 'displaced' }],
      });
      expect(await ids()).toEqual(['a', 'c']);
      expect((await openDevice('c')).displaced).toEqual([]);
    });

    it('displace those that are connected last, and never the one that signs in', async () => {
      const { openDevice, ids } = await setUp(2);
      const { dev } = await openDevice('a');
      await openDevice('b');
      expect(idsOf((await openDevice('c', { online: [dev] })).displaced)).toEqual(['b']);
      expect(idsOf((await openDevice('d', { online: [dev], limit: 1, now: 1 })).displaced)).toEqual([
        'a',
        'c',
      ]);
      expect(await ids()).toEqual(['d']);
    });

    it('are any number without a limit, and all that are too many go when it is lowered', async () => {
      const { openDevice, ids } = await setUp(0);
      for (const id of ['a', 'b', 'c', 'd']) expect((await openDevice(id)).displaced).toEqual([]);
      expect(idsOf((await openDevice('e', { limit: 2 })).displaced)).toEqual(['a', 'b', 'c']);
      expect(await ids()).toEqual(['d', 'e']);
    });

    it('leave as many as are allowed when several sign in at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { openDevice, ids } = await setUp(2);
        await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => openDevice(id)));
        expect(await ids()).toHaveLength(2);
      }
    });

    it('do not touch the devices of others', async () => {
      const { aid, openDevice } = await setUp(1);
      const other = await newUser(tested.store, aid, 'bob');
      await tested.store.devices.open({ uid: other.uid, id: 'x', agent: '', position: undefined, now });
      await openDevice('a');
      await openDevice('b');
      expect(await tested.store.devices.list(other.uid)).toHaveLength(1);
    });

    it('that were displaced come back with another run only, and are the same device again', async () => {
      const { uid, openDevice, ids } = await setUp(1);
      const first = await openDevice('a', { run: 'one' });
      await openDevice('b', { run: 'two' });
      const refused = await openDevice('a', { run: 'one', agent: 'changed' });
      expect(refused).toMatchObject({
        admitted: false,
        ended: 'displaced',
        agent: '',
        signIns: 1,
        displaced: [],
      });
      expect(await ids()).toEqual(['b']);
      const back = await openDevice('a', { run: 'three' });
      expect(back).toMatchObject({ dev: first.dev, admitted: true, ended: null, run: 'three', signIns: 2 });
      expect(idsOf(back.displaced)).toEqual(['b']);
      expect(await tested.store.devices.find(uid, first.dev)).toMatchObject({ ended: null });
    });

    it('that name no run are not held back by it', async () => {
      const { openDevice } = await setUp(1);
      await openDevice('a', { run: 'one' });
      await openDevice('b');
      expect(await openDevice('a')).toMatchObject({ admitted: true });
      expect(await openDevice('b', { run: 'two' })).toMatchObject({ admitted: true });
    });

    it('keep what they have received while they are out, also when they are refused with an older position', async () => {
      const { alice, bob, conversation } = await newPair(tested.store);
      const openDevice = (id: string, run: string, position: number) =>
        tested.store.devices.open({ uid: bob, id, agent: '', position, run, limit: 1, now });
      const { dev } = await openDevice('phone', 'one', 5);
      const { conv } = await tested.store.log.append(newMessage({ conversation, sender: alice }));
      await tested.store.cursors.advance({ conv, uid: bob, dev, kind: 'received', seq: 1, now });
      await openDevice('laptop', 'two', 5);
      await openDevice('phone', 'one', 3);
      expect(await tested.store.cursors.forDevice(conv, bob, dev)).toMatchObject({ received: 1 });
      await openDevice('phone', 'three', 5);
      expect(await tested.store.cursors.forDevice(conv, bob, dev)).toMatchObject({ received: 1 });
    });

    it('that were signed out come back with another token only', async () => {
      const { uid, openDevice, ids } = await setUp(0);
      const { dev } = await openDevice('a', { tokenId: 7, run: 'one' });
      expect(await tested.store.devices.signOut(uid, dev)).toMatchObject({
        device: { dev, ended: 'signedOut', signIns: 1 },
        revokedToken: null,
      });
      expect(await tested.store.devices.signOut(uid, dev)).toMatchObject({ device: { ended: 'signedOut' } });
      expect(await ids()).toEqual([]);
      expect(await openDevice('a', { tokenId: 7, run: 'two' })).toMatchObject({
        admitted: false,
        signIns: 1,
      });
      expect(await openDevice('a', { tokenId: 8, run: 'one' })).toMatchObject({
        admitted: true,
        dev,
        signIns: 2,
      });
      expect(await ids()).toEqual(['a']);
    });

    it('are not signed out under the name of somebody else', async () => {
      const { uid, openDevice } = await setUp(0);
      const { dev } = await openDevice('a');
      expect(await tested.store.devices.signOut(uid + 1, dev)).toBeUndefined();
      expect(await tested.store.devices.signOut(uid, dev + 1_000_000)).toBeUndefined();
      expect(await tested.store.devices.find(uid, dev)).toMatchObject({ ended: null });
    });

    it('take their token with them when they are signed out, unless another device uses it', async () => {
      const { aid, uid, openDevice } = await setUp(0);
      const addToken = async () => {
        const hash = randomHash();
        const token = await tested.store.tokens.add({ uid, aid, hash, appName: null, expiresAt: null, now });
        return { id: token.id, exists: async () => (await tested.store.tokens.find(hash)) !== undefined };
      };
      const [own, shared] = [await addToken(), await addToken()];
      const alone = await openDevice('a', { tokenId: own.id });
      const one = await openDevice('b', { tokenId: shared.id });
      const other = await openDevice('c', { tokenId: shared.id });
      expect(await tested.store.devices.signOut(uid, alone.dev)).toMatchObject({ revokedToken: own.id });
      expect(await own.exists()).toBe(false);
      expect(await tested.store.devices.signOut(uid, one.dev)).toMatchObject({ revokedToken: null });
      expect(await shared.exists()).toBe(true);
      // The first one is out for good: the second was the last to use the token.
      expect(await tested.store.devices.signOut(uid, other.dev)).toMatchObject({ revokedToken: shared.id });
      expect(await shared.exists()).toBe(false);
    });

    it('leave the token to a device that was displaced', async () => {
      const { aid, uid, openDevice } = await setUp(1);
      const hash = randomHash();
      const { id: tokenId } = await tested.store.tokens.add({
        uid,
        aid,
        hash,
        appName: null,
        expiresAt: null,
        now,
      });
      await openDevice('a', { tokenId });
      const { dev } = await openDevice('b', { tokenId });
      expect(await tested.store.devices.signOut(uid, dev)).toMatchObject({ revokedToken: null });
    });

    it('are forgotten when they are out, but for the last ones', async () => {
      const { uid, openDevice, ids } = await setUp(1);
      const devices = [];
      for (const id of ['a', 'b', 'c', 'd']) devices.push(await openDevice(id));
      await tested.store.devices.forgetEnded(uid, 2);
      const found = await Promise.all(devices.map(({ dev }) => tested.store.devices.find(uid, dev)));
      expect(found.map((device) => device?.id)).toEqual([undefined, 'b', 'c', 'd']);
      expect(await ids()).toEqual(['d']);
    });
  });
}
