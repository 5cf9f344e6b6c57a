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

export function describeApps(open: OpenStore): void {
  describe('apps', () => {
    const tested = useStore(open);

    it('are found by id and by token', async () => {
      const tokenHash = randomHash();
      const app = await tested.store.apps.create({ name: 'demo', tokenHash, now });
      expect(app).toEqual({ aid: app.aid, name: 'demo', settings: {}, createdAt: now });
      expect(await tested.store.apps.find(app.aid)).toEqual(app);
      expect(await tested.store.apps.findByToken(tokenHash)).toEqual(app);
      expect(await tested.store.apps.findByToken(randomHash())).toBeUndefined();
      expect(await tested.store.apps.find(app.aid + 1000)).toBeUndefined();
    });

    it('are listed in the order in which they were made', async () => {
      const first = await newApp(tested.store);
      const second = await newApp(tested.store);
      const ids = (await tested.store.apps.list()).map((app) => app.aid);
      expect(ids.slice(-2)).toEqual([first.aid, second.aid]);
    });

    it('change only in what is named', async () => {
      const { aid } = await newApp(tested.store);
      const settings = { webhook: { url: 'https://example.com', retries: 3 } };
      expect(await tested.store.apps.update(aid, { settings })).toMatchObject({ name: 'test', settings });
      expect(await tested.store.apps.update(aid, { name: 'new' })).toMatchObject({ name: 'new', settings });
      expect(await tested.store.apps.update(aid, {})).toMatchObject({ name: 'new', settings });
      expect(await tested.store.apps.find(aid)).toMatchObject({ name: 'new', settings });
    });

    it('lose the old token when they get a new one', async () => {
      const old = randomHash();
      const { aid } = await tested.store.apps.create({ name: 'demo', tokenHash: old, now });
      const tokenHash = randomHash();
      await tested.store.apps.update(aid, { tokenHash });
      expect(await tested.store.apps.findByToken(old)).toBeUndefined();
      expect(await tested.store.apps.findByToken(tokenHash)).toMatchObject({ aid });
    });

    it('cannot share a token', async () => {
      const tokenHash = randomHash();
      await tested.store.apps.create({ name: 'one', tokenHash, now });
      await expect(tested.store.apps.create({ name: 'two', tokenHash, now })).rejects.toThrow();
    });

    it('are not changed or removed when there are none', async () => {
      expect(await tested.store.apps.update(999_999, { name: 'x' })).toBeUndefined();
      expect(await tested.store.apps.remove(999_999)).toBe(false);
    });

    it('take everything with them when they are removed, and nothing of other apps', async () => {
      const gone = await populatedApp(tested.store);
      const kept = await populatedApp(tested.store);
      expect(await tested.store.apps.remove(gone.aid)).toBe(true);
      expect(await seen(tested.store, gone)).toEqual({
        app: undefined,
        byToken: undefined,
        user: undefined,
        token: undefined,
        devices: 0,
        otp: 'none',
        conversation: undefined,
        message: undefined,
      });
      expect(await seen(tested.store, kept)).toMatchObject({
        app: { aid: kept.aid },
        user: { uid: kept.alice },
        token: { uid: kept.alice },
        devices: 1,
        otp: 'ok',
        conversation: { last: 1200 },
        message: { seq: 1200 },
      });
      expect(await tested.store.apps.remove(gone.aid)).toBe(false);
    });

    it('leave no way to write into what was removed', async () => {
      const pair = await newPair(tested.store);
      const message = newMessage({ conversation: pair.conversation, sender: pair.alice });
      await tested.store.log.append(message);
      await tested.store.apps.remove(pair.aid);
      await expect(tested.store.log.append(message)).rejects.toThrow();
      await expect(newUser(tested.store, pair.aid, 'carol')).rejects.toThrow();
    });
  });
}

type Store = Parameters<typeof newApp>[0];

/** With a conversation so long that no implementation should remove it in one step. */
async function populatedApp(store: Store) {
  const tokenHash = randomHash();
  const { aid } = await store.apps.create({ name: 'test', tokenHash, now });
  const [alice, bob] = [(await newUser(store, aid, 'a')).uid, (await newUser(store, aid, 'b')).uid];
  const hash = randomHash();
  await store.tokens.add({ uid: alice, aid, hash, appName: null, expiresAt: null, now });
  await store.otps.set({ aid, address: 'a', hash, tries: 3, reuse: 1, expiresAt: now + 1 });
  const dev = await newDevice(store, alice);
  const conversation = { kind: 'pair', aid, a: alice, b: bob } as const;
  const messages = Array.from({ length: 1200 }, () => newMessage({ conversation, sender: bob }));
  const appended = await Promise.all(messages.map((message) => store.log.append(message)));
  const last = appended[1199];
  if (last === undefined) throw new Error('unreachable');
  for (const seq of [1, 2, 3]) {
    await store.cursors.advance({ conv: last.conv, uid: alice, dev, kind: 'read', seq, now });
  }
  return { aid, alice, tokenHash, hash, conv: last.conv, mid: last.mid };
}

async function seen(store: Store, of: Awaited<ReturnType<typeof populatedApp>>) {
  return {
    app: await store.apps.find(of.aid),
    byToken: await store.apps.findByToken(of.tokenHash),
    user: await store.users.find(of.alice),
    token: await store.tokens.find(of.hash),
    devices: (await store.devices.list(of.alice)).length,
    otp: await store.otps.consume({ aid: of.aid, address: 'a', hash: of.hash, now }),
    conversation: await store.log.conversation(of.conv),
    message: await store.log.find(of.mid),
  };
}
