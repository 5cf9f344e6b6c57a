import { describe, expect, it } from 'vitest';
import { newMessage, newPair, now, type OpenStore, randomHash, useStore } from './store-under-test.ts';

export function describeFailedOperations(open: OpenStore): void {
  describe('an operation that fails', () => {
    const tested = useStore(open);

    it('fails alone, whatever shares its batch', async () => {
      const { store } = tested;
      const { aid, alice, bob, bobDevice, conversation } = await newPair(store);
      const nobody = { kind: 'pair', aid, a: alice, b: 4_000_000_000 } as const;
      const tokenHash = randomHash();
      await store.apps.create({ name: 'taken', tokenHash, now });
      const { conv } = await store.log.append(newMessage({ conversation, sender: alice }));
      const append = (id: number) =>
        store.log.append(newMessage({ conversation, sender: alice, dev: 1, id }));

      const results = await Promise.allSettled([
        append(1),
        store.log.append(newMessage({ conversation: nobody, sender: alice })),
        append(2),
        append(1),
        store.apps.create({ name: 'refused', tokenHash, now }),
        store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'received', seq: 3, now }),
        store.settings.setOnce('after', 'the failure'),
        append(3),
      ]);

      expect(results.map(({ status }) => status === 'fulfilled')).toEqual([
        true,
        false,
        true,
        true,
        false,
        true,
        true,
        true,
      ]);
      expect(
        results.map((result) => (result.status === 'fulfilled' ? result.value : undefined)),
      ).toMatchObject([
        { seq: 2, duplicate: false },
        undefined,
        { seq: 3, duplicate: false },
        { seq: 2, duplicate: true },
        undefined,
        { delivered: 3 },
        'the failure',
        { seq: 4, duplicate: false },
      ]);
      expect(await store.log.conversation(conv)).toMatchObject({ last: 4 });
      expect((await store.log.read(conv, { after: 0, limit: 10 })).map(({ seq }) => seq)).toEqual([
        1, 2, 3, 4,
      ]);
      expect(await store.log.findConversation(nobody)).toBeUndefined();
    });

    it('leaves the store as it was', async () => {
      const { store } = tested;
      const { aid, alice, bob, conversation } = await newPair(store);
      const nobody = { kind: 'pair', aid, a: alice, b: 4_000_000_000 } as const;
      const changed = () => store.cursors.changed({ uid: bob, dev: 0, position: 0, limit: 10 });
      const before = await changed();
      await expect(store.log.append(newMessage({ conversation: nobody, sender: alice }))).rejects.toThrow(
        'refused the change',
      );
      expect(await changed()).toEqual(before);
      const { seq } = await store.log.append(newMessage({ conversation, sender: alice }));
      expect(seq).toBe(1);
      expect((await changed()).position).toBeGreaterThan(before.position);
    });
  });
}
