import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PushRegistration } from '../store.ts';
import {
  bytes,
  newApp,
  newDevice,
  newMessage,
  newPair,
  newUser,
  now,
  type OpenStore,
  useStore,
} from './store-under-test.ts';

export function describePush(open: OpenStore): void {
  describe('registrations for push', () => {
    const tested = useStore(open);
    let targets = 0;

    function registration(uid: number, dev: number, more: Partial<PushRegistration> = {}): PushRegistration {
      targets += 1;
      const target = `https://push.example.com/${targets}`;
      const keys = { p256dh: 'p256dh', auth: 'auth' };
      return { uid, dev, provider: 'web-push', target, keys, voip: null, createdAt: now, ...more };
    }

    it('are kept with everything that was given, one for each device', async () => {
      const { alice, aliceDevice, bob, bobDevice } = await newPair(tested.store);
      const { push } = tested.store;
      expect(await push.register(registration(alice, aliceDevice))).toBe(true);
      const [last, other] = [
        registration(alice, aliceDevice, { provider: 'apns', keys: null, voip: 'voip', createdAt: now + 1 }),
        registration(bob, bobDevice),
      ];
      expect(await push.register(last)).toBe(true);
      expect(await push.register(other)).toBe(true);
      expect(await push.list([alice])).toEqual([last]);
      expect(await push.list([alice, bob])).toEqual([last, other]);
      expect([await push.list([]), await push.any()]).toEqual([[], true]);
    });

    it('are not taken for a device that the user does not have', async () => {
      const { alice, aliceDevice, bob, bobDevice } = await newPair(tested.store);
      const { push, devices } = tested.store;
      const kept = registration(alice, aliceDevice);
      await push.register(kept);
      expect(await push.register(registration(alice, bobDevice, { target: kept.target }))).toBe(false);
      await devices.signOut(bob, bobDevice);
      expect(await push.register(registration(bob, bobDevice, { target: kept.target }))).toBe(false);
      expect(await push.list([alice, bob])).toEqual([kept]);
    });

    it('belong to the device that named the target last', async () => {
      const { alice, aliceDevice, bob, bobDevice } = await newPair(tested.store);
      const { push } = tested.store;
      const { target } = registration(alice, aliceDevice);
      await push.register(registration(alice, aliceDevice, { target }));
      await push.register(registration(bob, bobDevice, { target }));
      expect(await push.list([alice, bob])).toMatchObject([{ uid: bob, dev: bobDevice }]);
    });

    it('can be removed, as they were or whatever they are', async () => {
      const { alice, aliceDevice } = await newPair(tested.store);
      const { push } = tested.store;
      const old = registration(alice, aliceDevice);
      const renewed = registration(alice, aliceDevice);
      await push.register(old);
      await push.register(renewed);
      expect(await push.unregister(alice, aliceDevice, old.target)).toBe(false);
      expect(await push.list([alice])).toEqual([renewed]);
      expect(await push.unregister(alice, aliceDevice, renewed.target)).toBe(true);
      expect(await push.unregister(alice, aliceDevice)).toBe(false);
      expect(await push.list([alice])).toEqual([]);
    });

    it('go with the device, when it is signed out, and with the user', async () => {
      const { alice, aliceDevice } = await newPair(tested.store);
      const { push, devices, users } = tested.store;
      const [second, third] = [await newDevice(tested.store, alice), await newDevice(tested.store, alice)];
      for (const dev of [aliceDevice, second, third]) await push.register(registration(alice, dev));
      const left = async () => (await push.list([alice])).map(({ dev }) => dev);
      await devices.signOut(alice, aliceDevice);
      expect(await left()).toEqual([second, third]);
      await devices.remove(alice, second);
      expect(await left()).toEqual([third]);
      await users.remove(alice);
      expect(await left()).toEqual([]);
    });

    it('go with the token by which their device signed in, and do not come back without another', async () => {
      const { aid } = await newApp(tested.store);
      const { uid } = await newUser(tested.store, aid, 'alice');
      const { push, devices, tokens } = tested.store;
      const issue = async () =>
        (await tokens.add({ uid, aid, hash: randomBytes(32), appName: null, expiresAt: null, now })).id;
      const signIn = async (id: string, tokenId: number) =>
        (await devices.open({ uid, id, agent: '', position: undefined, tokenId, now })).dev;
      const [stolen, own] = [await issue(), await issue()];
      const [phone, laptop] = [await signIn('phone', stolen), await signIn('laptop', own)];
      for (const dev of [phone, laptop]) await push.register(registration(uid, dev));
      await tokens.removeById(uid, stolen);
      expect(await push.list([uid])).toMatchObject([{ dev: laptop }]);
      expect(await push.register(registration(uid, phone))).toBe(false);
      await tokens.removeAll(uid);
      expect(await push.list([uid])).toEqual([]);
      expect(await push.register(registration(uid, await signIn('phone', await issue())))).toBe(true);
    });

    it('rest while their device is displaced', async () => {
      const { aid } = await newApp(tested.store);
      const { uid } = await newUser(tested.store, aid, 'alice');
      const { push, devices } = tested.store;
      const opening = { uid, agent: '', position: undefined, limit: 1 };
      const { dev } = await devices.open({ ...opening, id: 'a', now });
      await push.register(registration(uid, dev));
      await devices.open({ ...opening, id: 'b', now: now + 1 });
      expect(await push.list([uid])).toEqual([]);
      await devices.open({ ...opening, id: 'a', now: now + 2 });
      expect(await push.list([uid])).toMatchObject([{ dev }]);
    });

    it('come with the number of messages that were not read', async () => {
      const { alice, bob, conversation } = await newPair(tested.store);
      const { log, cursors, push } = tested.store;
      const send = (sender: number, more: object = {}) =>
        log.append(newMessage({ conversation, sender, content: bytes('text'), ...more }));
      const { conv } = await send(alice);
      await send(bob);
      await send(alice);
      const counts = async (limit = 100) => [await push.unread(alice, limit), await push.unread(bob, limit)];
      expect(await counts()).toEqual([1, 2]);
      await send(alice, { change: { event: 'edit', target: 3 } });
      expect(await counts()).toEqual([1, 2]);
      await send(alice, { change: { event: 'recall', target: 3 } });
      expect(await counts()).toEqual([1, 1]);
      for (let more = 0; more < 5; more += 1) await send(alice);
      expect(await counts(4)).toEqual([1, 4]);
      await cursors.advance({ conv, uid: bob, dev: 0, kind: 'seen', seq: 6, now });
      expect(await counts()).toEqual([1, 4]);
    });

    it('count what a member of a group may read', async () => {
      const { aid, alice, bob } = await newPair(tested.store);
      const { groups, log, push } = tested.store;
      const member = (uid: number) => ({ uid, role: 'member', flags: 0, admin: 0, receives: true }) as const;
      const settings = { aid, name: 'g', flags: 0, settings: {}, expiresAt: null, extendSeconds: 0, now };
      const group = await groups.create({ ...settings, members: [member(alice)] });
      const { gid } = group;
      const send = () => log.append(newMessage({ conversation: { kind: 'group', aid, gid }, sender: alice }));
      await send();
      await groups.change(group, { now, put: [member(bob)] });
      await send();
      expect([await push.unread(alice, 9), await push.unread(bob, 9)]).toEqual([0, 1]);
    });

    it('leave out conversations that are muted, of which there may be many', async () => {
      const { aid, alice, bob, conversation } = await newPair(tested.store);
      const { groups, log, push } = tested.store;
      const member = (uid: number) => ({ uid, role: 'member', flags: 0, admin: 0, receives: true }) as const;
      const settings = { aid, name: 'g', flags: 0, settings: {}, expiresAt: null, extendSeconds: 0, now };
      const { gid } = await groups.create({ ...settings, members: [member(alice), member(bob)] });
      await log.append(newMessage({ conversation, sender: alice }));
      for (let more = 0; more < 2; more += 1)
        await log.append(newMessage({ conversation: { kind: 'group', aid, gid }, sender: alice }));
      const others = Array.from({ length: 120 }, (_, index) => `u:other-${index}`);
      const counts = [];
      for (const muted of [
        [],
        ['u:alice'],
        [`g:${gid}`],
        ['u:bob', `g:${gid}0`],
        ['u:alice', `g:${gid}`],
        others,
      ])
        counts.push(await push.unread(bob, 9, muted));
      expect(counts).toEqual([3, 2, 1, 3, 0, 3]);
      // Those that are left out take no place of the others.
      expect(await push.unread(bob, 1, [...others, `g:${gid}`])).toBe(1);
      await log.append(newMessage({ conversation, sender: bob }));
      expect([await push.unread(alice, 9), await push.unread(alice, 9, ['u:bob'])]).toEqual([1, 0]);
    });
  });
}
