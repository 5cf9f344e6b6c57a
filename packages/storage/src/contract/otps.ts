import { describe, expect, it } from 'vitest';
import { newApp, now, type OpenStore, randomHash, useStore } from './store-under-test.ts';

export function describeOtps(open: OpenStore): void {
  describe('one-time codes', () => {
    const tested = useStore(open);

    async function setUp(counts: { tries: number; reuse: number }) {
      const { aid } = await newApp(tested.store);
      const hash = randomHash();
      const expiresAt = now + 1000;
      await tested.store.otps.set({ aid, address: 'alice', hash, ...counts, expiresAt });
      const consume = (code: Uint8Array, at = now) =>
        tested.store.otps.consume({ aid, address: 'alice', hash: code, now: at });
      return {
        aid,
        hash,
        expiresAt,
        right: (at?: number) => consume(hash, at),
        wrong: () => consume(randomHash()),
      };
    }

    it('are gone when used as often as allowed', async () => {
      const { right } = await setUp({ tries: 3, reuse: 2 });
      expect([await right(), await right(), await right()]).toEqual(['ok', 'ok', 'none']);
    });

    it('are gone when guessed wrong as often as allowed', async () => {
      const { right, wrong } = await setUp({ tries: 3, reuse: 1 });
      expect([await wrong(), await wrong(), await wrong(), await right()]).toEqual([
        'wrong',
        'wrong',
        'wrong',
        'none',
      ]);
    });

    it('survive wrong guesses within the limit', async () => {
      const { right, wrong } = await setUp({ tries: 2, reuse: 1 });
      expect([await wrong(), await right(), await right()]).toEqual(['wrong', 'ok', 'none']);
    });

    it('end at their time', async () => {
      const { right, expiresAt } = await setUp({ tries: 3, reuse: 3 });
      expect(await right(expiresAt - 1)).toBe('ok');
      expect(await right(expiresAt)).toBe('none');
      expect(await right(now)).toBe('none');
    });

    it('are replaced by a newer one with counts of its own', async () => {
      const { aid, right, wrong } = await setUp({ tries: 2, reuse: 1 });
      await wrong();
      const hash = randomHash();
      await tested.store.otps.set({ aid, address: 'alice', hash, tries: 2, reuse: 1, expiresAt: now + 1 });
      expect(await right()).toBe('wrong');
      expect(await tested.store.otps.consume({ aid, address: 'alice', hash, now })).toBe('ok');
    });

    it('do not exist for other addresses and apps', async () => {
      const { aid, hash } = await setUp({ tries: 2, reuse: 1 });
      expect(await tested.store.otps.consume({ aid, address: 'bob', hash, now })).toBe('none');
      expect(await tested.store.otps.consume({ aid: aid + 1, address: 'alice', hash, now })).toBe('none');
    });

    it('refuse a hash of another length', async () => {
      const { aid } = await setUp({ tries: 2, reuse: 1 });
      const hash = new Uint8Array(5);
      expect(await tested.store.otps.consume({ aid, address: 'alice', hash, now })).toBe('wrong');
    });

    it('count exactly when many guess at once', async () => {
      const guesses = await setUp({ tries: 5, reuse: 1 });
      const wrong = await Promise.all(Array.from({ length: 20 }, () => guesses.wrong()));
      expect(wrong.filter((result) => result === 'wrong')).toHaveLength(5);
      expect(wrong.filter((result) => result === 'none')).toHaveLength(15);

      const uses = await setUp({ tries: 5, reuse: 3 });
      const right = await Promise.all(Array.from({ length: 20 }, () => uses.right()));
      expect(right.filter((result) => result === 'ok')).toHaveLength(3);
    });

    it('are swept when they have expired', async () => {
      const { aid } = await newApp(tested.store);
      for (const [address, expiresAt] of Object.entries({ a: 1, b: 2, c: 3 })) {
        await tested.store.otps.set({ aid, address, hash: randomHash(), tries: 1, reuse: 1, expiresAt });
      }
      expect(await tested.store.otps.sweep(3, 1)).toBe(1);
      expect(await tested.store.otps.sweep(3, 10)).toBe(1);
      expect(await tested.store.otps.sweep(3, 10)).toBe(0);
      const guess = { aid, hash: randomHash(), now: 0 };
      expect(await tested.store.otps.consume({ ...guess, address: 'b' })).toBe('none');
      expect(await tested.store.otps.consume({ ...guess, address: 'c' })).toBe('wrong');
    });
  });
}
