import { describe, expect, it } from 'vitest';
import { bytes, newMessage, newPair, now, type OpenStore, randomHash, useStore } from './store-under-test.ts';

export function describeErasure(open: OpenStore): void {
  describe('a user who is erased', () => {
    const tested = useStore(open);

    async function setUp() {
      const { store } = tested;
      const pair = await newPair(store);
      const { aid, alice, bob, conversation } = pair;
      const append = (sender: number, more: object) =>
        store.log.append(newMessage({ conversation, sender, ...more }));
      // With and without idempotency keys, from several devices, and an edit.
      for (let id = 1; id <= 4; id++) await append(alice, { dev: id % 2, id });
      for (let count = 0; count < 3; count++) await append(alice, {});
      await append(bob, { dev: 9, id: 1, content: bytes('of bob') });
      await append(alice, { dev: 1, id: 9, change: { event: 'edit', target: 1 }, content: bytes('new') });
      const { conv } = await append(alice, { dev: 1, id: 10, age: { seconds: 5, from: 'read' } });
      await store.values.set({ uid: alice, values: [{ key: 'a', value: bytes('b') }], limit: 9, now });
      await store.schedule.add({ sender: alice, dev: 1, id: 99, at: now, payload: bytes('p'), limit: 9 });
      const hash = randomHash();
      await store.tokens.add({ uid: alice, aid, hash, appName: null, expiresAt: null, now });
      await store.otps.set({ aid, address: 'alice', hash, tries: 1, reuse: 1, expiresAt: now + 1 });
      const contents = async () =>
        (await store.log.read(conv, { after: 0, limit: 50 })).map(({ content }) => content);
      return { ...pair, store, conv, hash, contents };
    }

    it('has no name, address, tokens, devices, values and scheduled messages from the first moment', async () => {
      const { store, aid, alice, hash } = await setUp();
      expect(await store.erasures.begin(alice, 'erased-1')).toBe(true);
      expect(await store.users.find(alice)).toMatchObject({ address: 'erased-1', name: '', removed: true });
      expect(await store.users.findByAddress(aid, 'alice')).toBeUndefined();
      expect(await store.users.findByAddress(aid, 'erased-1')).toBeUndefined();
      expect([await store.tokens.list(alice), await store.devices.list(alice)]).toEqual([[], []]);
      expect(await store.values.get(alice, 'a')).toBeUndefined();
      expect(await store.schedule.find({ sender: alice, dev: 1, id: 99 })).toBeUndefined();
      expect(await store.otps.consume({ aid, address: 'alice', hash, now })).toBe('none');
    });

    it('loses the content of all his messages in steps; places and what others wrote stay', async () => {
      const { store, alice, conv, contents } = await setUp();
      await store.erasures.begin(alice, 'erased-1');
      let steps = 0;
      while (await store.erasures.step(alice, 2)) {
        steps += 1;
        expect(steps).toBeLessThan(20);
      }
      expect(steps).toBeGreaterThanOrEqual(4);
      expect(await contents()).toEqual([...Array(7).fill(null), bytes('of bob'), null, null]);
      const messages = await store.log.read(conv, { after: 0, limit: 50 });
      expect(messages.map(({ special }) => special?.gone ?? null)).toEqual([
        ...Array(7).fill('erased'),
        null,
        'erased',
        'erased',
      ]);
      expect(messages[8]).toMatchObject({ special: { event: 'edit', target: 1 } });
      expect(await store.erasures.pending(100)).not.toContain(alice);
      expect(await store.erasures.step(alice, 2)).toBe(false);
    });

    it('is found by whoever carries on, also when it is begun twice', async () => {
      const { store, alice, contents } = await setUp();
      await store.erasures.begin(alice, 'erased-1');
      await store.erasures.step(alice, 2);
      expect(await store.erasures.begin(alice, 'erased-1')).toBe(true);
      expect(await store.erasures.pending(100)).toContain(alice);
      await Promise.all([store.erasures.step(alice, 3), store.erasures.step(alice, 3)]);
      while (await store.erasures.step(alice, 3));
      expect((await contents()).filter((content) => content !== null)).toEqual([bytes('of bob')]);
    });

    it('may have been removed before, and must have existed', async () => {
      const { store, alice } = await setUp();
      await store.users.remove(alice);
      expect(await store.erasures.begin(alice, 'erased-1')).toBe(true);
      expect(await store.users.find(alice)).toMatchObject({ address: 'erased-1', removed: true });
      expect(await store.erasures.begin(4_000_000_000, 'erased-2')).toBe(false);
      expect(await store.erasures.pending(100)).not.toContain(4_000_000_000);
    });
  });
}
