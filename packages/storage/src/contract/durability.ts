import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import {
  bytes,
  newMessage,
  newPair,
  newUser,
  now,
  type OpenStore,
  randomHash,
  type StoreUnderTest,
} from './store-under-test.ts';

export function describeDurability(open: OpenStore): void {
  describe('a store that is closed and opened again', () => {
    let tested: StoreUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(() => tested.cleanup());

    it('has everything that it had', async () => {
      const { store } = tested;
      const { aid, alice, bob, bobDevice, conversation } = await newPair(store);
      const hash = randomHash();
      await store.tokens.add({ uid: alice, aid, hash, appName: 'web', expiresAt: now + 1, now });
      await store.otps.set({ aid, address: 'alice', hash, tries: 2, reuse: 2, expiresAt: now + 1 });
      await store.settings.set('name', 'value');
      await store.apps.update(aid, { settings: { a: [1, { b: null }] } });
      const { conv } = await store.log.append(newMessage({ conversation, sender: alice, dev: 1, id: 1 }));
      await store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'received', seq: 1, now: now + 1 });
      await store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'read', seq: 1, now: now + 2 });

      const everything = async (from: Store) => ({
        apps: await from.apps.list(),
        users: await from.users.list({ aid, limit: 10 }),
        token: await from.tokens.find(hash),
        devices: await from.devices.list(bob),
        setting: await from.settings.get('name'),
        messages: await from.log.read(conv, { after: 0, limit: 10 }),
        conversation: await from.cursors.forDevice(conv, bob, bobDevice),
        times: await from.cursors.times(conv, bob, 1),
        changed: await from.cursors.changed({ uid: alice, dev: 0, position: 0, limit: 10 }),
      });
      const before = await everything(store);
      const reopened = await tested.reopen();
      expect(await everything(reopened)).toEqual(before);
      expect(await reopened.otps.consume({ aid, address: 'alice', hash, now })).toBe('ok');
    });

    it('goes on counting where it was', async () => {
      const { aid, alice, bob, conversation } = await newPair(tested.store);
      const message = newMessage({ conversation, sender: alice, dev: 1, id: 1 });
      const first = await tested.store.log.append(message);
      const { position } = await tested.store.cursors.changed({ uid: bob, dev: 0, position: 0, limit: 1 });

      const store = await tested.reopen();
      expect(await store.log.append(message)).toEqual({ ...first, duplicate: true });
      const second = await store.log.append({ ...message, id: 2 });
      expect(second).toMatchObject({ conv: first.conv, seq: 2 });
      expect(second.mid).toBeGreaterThan(first.mid);
      expect((await newUser(store, aid, 'carol')).uid).toBeGreaterThan(bob);
      const changed = await store.cursors.changed({ uid: bob, dev: 0, position, limit: 1 });
      expect(changed.conversations).toHaveLength(1);
      expect(changed.position).toBeGreaterThan(position);
    });

    it('never gives the id of a removed message again', async () => {
      const gone = await newPair(tested.store);
      const { mid, conv } = await tested.store.log.append(
        newMessage({ conversation: gone.conversation, sender: gone.alice }),
      );
      await tested.store.apps.remove(gone.aid);
      const store = await tested.reopen();
      const pair = await newPair(store);
      expect(pair.alice).toBeGreaterThan(gone.bob);
      const next = await store.log.append(
        newMessage({ conversation: pair.conversation, sender: pair.alice }),
      );
      expect(next.mid).toBeGreaterThan(mid);
      expect(next.conv).toBeGreaterThan(conv);
    });

    it('has carried out what was asked for before it was closed', async () => {
      const { alice, conversation } = await newPair(tested.store);
      const appends = Array.from({ length: 50 }, (_, index) =>
        tested.store.log.append(newMessage({ conversation, sender: alice, content: bytes(String(index)) })),
      );
      await tested.store.close();
      const conv = (await Promise.all(appends))[0]?.conv ?? 0;
      const store = await tested.reopen();
      expect(await store.log.conversation(conv)).toMatchObject({ last: 50 });
    });

    it('refuses what is asked for while it is closed', async () => {
      const { alice, conversation } = await newPair(tested.store);
      await Promise.all([tested.store.close(), tested.store.close()]);
      const unavailable = { name: 'StoreUnavailableError' };
      await expect(
        tested.store.log.append(newMessage({ conversation, sender: alice })),
      ).rejects.toMatchObject(unavailable);
      await expect(tested.store.users.find(alice)).rejects.toMatchObject(unavailable);
      await expect(tested.store.ping()).rejects.toMatchObject(unavailable);
    });

    it('answers a ping while it is open', async () => {
      await expect(tested.store.ping()).resolves.toBeUndefined();
    });
  });
}
