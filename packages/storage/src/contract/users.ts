import { describe, expect, it } from 'vitest';
import {
  newApp,
  newDevice,
  newMessage,
  newPair,
  newUser,
  now,
  type OpenStore,
  randomHash,
  useStore,
} from './store-under-test.ts';

export function describeUsers(open: OpenStore): void {
  describe('users', () => {
    const tested = useStore(open);

    it('are made with defaults', async () => {
      const { aid } = await newApp(tested.store);
      const { user, created } = await tested.store.users.upsert({ aid, address: 'alice', now });
      expect(created).toBe(true);
      expect(user).toEqual({
        uid: user.uid,
        aid,
        address: 'alice',
        name: '',
        active: true,
        flag: 0,
        createdAt: now,
        lastSeen: 0,
        removed: false,
        maxGroups: 0,
      });
      expect(user.uid).toBeGreaterThan(0);
      expect(user.uid).toBeLessThan(2 ** 32);
      expect(await tested.store.users.find(user.uid)).toEqual(user);
      expect(await tested.store.users.findByAddress(aid, 'alice')).toEqual(user);
    });

    it('use up no uid when they are there already', async () => {
      const { aid } = await newApp(tested.store);
      const { uid } = await newUser(tested.store, aid, 'alice');
      for (let again = 0; again < 5; again++) await newUser(tested.store, aid, 'alice');
      expect((await newUser(tested.store, aid, 'bob')).uid).toBe(uid + 1);
    });

    it('are changed, not made anew, when the address is taken', async () => {
      const { aid } = await newApp(tested.store);
      const first = await tested.store.users.upsert({
        aid,
        address: 'bob',
        name: 'Bob',
        flag: 7,
        maxGroups: 3,
        now,
      });
      expect(first.user).toMatchObject({ flag: 7, maxGroups: 3 });
      const again = await tested.store.users.upsert({ aid, address: 'bob', active: false, now: now + 1 });
      expect(again).toEqual({ created: false, user: { ...first.user, active: false } });
      const same = await tested.store.users.upsert({ aid, address: 'bob', now: now + 2 });
      expect(same).toEqual(again);
    });

    it('are made once when asked for at the same time', async () => {
      const { aid } = await newApp(tested.store);
      const made = await Promise.all(
        Array.from({ length: 20 }, () => tested.store.users.upsert({ aid, address: 'carol', now })),
      );
      expect(new Set(made.map(({ user }) => user.uid)).size).toBe(1);
      expect(made.filter(({ created }) => created)).toHaveLength(1);
    });

    it('have an address of their own in each app, in which case matters', async () => {
      const [one, two] = [await newApp(tested.store), await newApp(tested.store)];
      const users = await Promise.all([
        newUser(tested.store, one.aid, 'dave'),
        newUser(tested.store, two.aid, 'dave'),
        newUser(tested.store, one.aid, 'Dave'),
      ]);
      expect(new Set(users.map((user) => user.uid)).size).toBe(3);
      expect(await tested.store.users.findByAddress(one.aid, 'DAVE')).toBeUndefined();
    });

    it('are updated in what is named', async () => {
      const user = await newUser(tested.store, (await newApp(tested.store)).aid, 'erin');
      const changed = { ...user, name: 'Erin 🐘', lastSeen: now + 5 };
      expect(await tested.store.users.update(user.uid, { name: 'Erin 🐘', lastSeen: now + 5 })).toEqual(
        changed,
      );
      expect(await tested.store.users.update(user.uid, {})).toEqual(changed);
      expect(await tested.store.users.find(user.uid)).toEqual(changed);
      expect(await tested.store.users.update(4_000_000_000, { name: 'x' })).toBeUndefined();
    });

    it('free their address when removed, and never give their uid away', async () => {
      const { aid } = await newApp(tested.store);
      const old = await newUser(tested.store, aid, 'frank');
      expect(await tested.store.users.remove(old.uid)).toBe(true);
      expect(await tested.store.users.findByAddress(aid, 'frank')).toBeUndefined();
      expect(await tested.store.users.find(old.uid)).toEqual({ ...old, removed: true });
      expect(await tested.store.users.update(old.uid, { name: 'x' })).toBeUndefined();
      expect(await tested.store.users.remove(old.uid)).toBe(false);

      const { user, created } = await tested.store.users.upsert({ aid, address: 'frank', now });
      expect(created).toBe(true);
      expect(user.uid).toBeGreaterThan(old.uid);
    });

    it('lose tokens and devices when removed, but stay in the conversations of others', async () => {
      const { aid, alice, bob, conversation } = await newPair(tested.store);
      const hash = randomHash();
      await tested.store.tokens.add({ uid: alice, aid, hash, appName: null, expiresAt: null, now });
      await newDevice(tested.store, alice);
      const { conv, mid } = await tested.store.log.append(newMessage({ conversation, sender: alice }));
      await tested.store.users.remove(alice);
      expect(await tested.store.tokens.find(hash)).toBeUndefined();
      expect(await tested.store.devices.list(alice)).toEqual([]);
      expect(await tested.store.log.find(mid)).toMatchObject({ sender: alice });
      expect(await tested.store.cursors.forDevice(conv, bob, 0)).toMatchObject({ peer: { uid: alice } });
    });

    it('are refused for an app that does not exist', async () => {
      await expect(newUser(tested.store, 999_999, 'nobody')).rejects.toThrow();
    });

    it('are listed by address in pages', async () => {
      const { aid } = await newApp(tested.store);
      for (const address of ['b', 'a', 'é', 'B', 'a1']) await newUser(tested.store, aid, address);
      const removed = await newUser(tested.store, aid, 'a2');
      await tested.store.users.remove(removed.uid);
      const addresses = async (query: { after?: string; limit: number }) =>
        (await tested.store.users.list({ aid, ...query })).map((user) => user.address);
      expect(await addresses({ limit: 10 })).toEqual(['B', 'a', 'a1', 'b', 'é']);
      expect(await addresses({ limit: 2 })).toEqual(['B', 'a']);
      expect(await addresses({ limit: 2, after: 'a' })).toEqual(['a1', 'b']);
      expect(await addresses({ limit: 2, after: 'é' })).toEqual([]);
    });

    it('are found by patterns in which only * is special', async () => {
      const { aid } = await newApp(tested.store);
      const all = ['123', '1234', 'a?c', 'abc', 'a[b]', 'a%c', 'a_c', 'Abc', 'a\\c'];
      for (const address of all) await newUser(tested.store, aid, address);
      const matching = async (pattern: string) =>
        (await tested.store.users.list({ aid, pattern, limit: 100 })).map((user) => user.address).sort();
      expect(await matching('*')).toEqual([...all].sort());
      expect(await matching('123*')).toEqual(['123', '1234']);
      expect(await matching('*c')).toEqual(['Abc', 'a%c', 'a?c', 'a\\c', 'a_c', 'abc'].sort());
      expect(await matching('a?c')).toEqual(['a?c']);
      expect(await matching('a[b]')).toEqual(['a[b]']);
      expect(await matching('a%c')).toEqual(['a%c']);
      expect(await matching('a_c')).toEqual(['a_c']);
      expect(await matching('a\\c')).toEqual(['a\\c']);
      expect(await matching('*b*')).toEqual(['Abc', 'a[b]', 'abc']);
      expect(await matching('123')).toEqual(['123']);
      expect(await matching('nothing*')).toEqual([]);
    });
  });
}
