import { describe, expect, it } from 'vitest';
import { newApp, newUser, now, type OpenStore, randomHash, useStore } from './store-under-test.ts';

export function describeTokens(open: OpenStore): void {
  describe('tokens', () => {
    const tested = useStore(open);

    async function setUp(expiresAt: number | null = null) {
      const { aid } = await newApp(tested.store);
      const { uid } = await newUser(tested.store, aid, 'alice');
      const add = (expires: number | null) => {
        const hash = randomHash();
        return tested.store.tokens
          .add({ uid, aid, hash, appName: null, expiresAt: expires, now })
          .then((token) => ({ hash, token }));
      };
      return { aid, uid, add, ...(await add(expiresAt)) };
    }

    it('are found by their hash', async () => {
      const { aid, uid } = await setUp();
      const hash = randomHash();
      const token = await tested.store.tokens.add({
        uid,
        aid,
        hash,
        appName: 'web',
        expiresAt: now + 5,
        now,
      });
      expect(token).toEqual({ id: token.id, uid, aid, appName: 'web', expiresAt: now + 5, createdAt: now });
      expect(await tested.store.tokens.find(hash)).toEqual(token);
      expect(await tested.store.tokens.find(randomHash())).toBeUndefined();
    });

    it('are listed by age', async () => {
      const { uid, token, add } = await setUp();
      const second = await add(now);
      expect(await tested.store.tokens.list(uid)).toEqual([token, second.token]);
      expect(await tested.store.tokens.list(uid + 1)).toEqual([]);
    });

    it('are unique', async () => {
      const { uid, aid, hash } = await setUp();
      await expect(
        tested.store.tokens.add({ uid, aid, hash, appName: null, expiresAt: null, now }),
      ).rejects.toThrow();
    });

    it('are removed by id of the user, or all', async () => {
      const { uid, hash, token, add } = await setUp();
      expect(await tested.store.tokens.removeById(uid + 1, token.id)).toBe(false);
      expect(await tested.store.tokens.removeById(uid, token.id)).toBe(true);
      expect(await tested.store.tokens.removeById(uid, token.id)).toBe(false);
      expect(await tested.store.tokens.find(hash)).toBeUndefined();

      await add(null);
      await add(null);
      expect(await tested.store.tokens.removeAll(uid)).toBe(2);
      expect(await tested.store.tokens.list(uid)).toEqual([]);
    });

    it('are swept when they have expired, oldest first', async () => {
      const { uid, token, add } = await setUp(null);
      const first = await add(1);
      const second = await add(2);
      const third = await add(3);
      expect(await tested.store.tokens.sweep(3, 1)).toBe(1);
      expect(await tested.store.tokens.find(first.hash)).toBeUndefined();
      expect(await tested.store.tokens.find(second.hash)).toBeDefined();
      expect(await tested.store.tokens.sweep(3, 10)).toBe(1);
      expect(await tested.store.tokens.sweep(3, 10)).toBe(0);
      expect(await tested.store.tokens.list(uid)).toEqual([token, third.token]);
    });
  });
}
