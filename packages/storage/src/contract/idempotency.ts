import { describe, expect, it } from 'vitest';
import { bytes, newMessage, newPair, newUser, now, type OpenStore, useStore } from './store-under-test.ts';

export function describeIdempotency(open: OpenStore): void {
  describe('a repeated send', () => {
    const tested = useStore(open);

    it('gets the first result and adds nothing', async () => {
      const { alice, aliceDevice, conversation } = await newPair(tested.store);
      const message = newMessage({
        conversation,
        sender: alice,
        dev: aliceDevice,
        id: 1,
        content: bytes('first'),
      });
      const first = await tested.store.log.append(message);
      await tested.store.log.append(newMessage({ conversation, sender: alice, dev: aliceDevice, id: 2 }));
      const repeated = await tested.store.log.append({ ...message, ts: now + 5, content: bytes('second') });
      expect(repeated).toEqual({ ...first, duplicate: true });
      expect(await tested.store.log.find(first.mid)).toMatchObject({ ts: now, content: bytes('first') });
      expect(await tested.store.log.conversation(first.conv)).toMatchObject({ last: 2 });
    });

    it('is recognised while the first is under way', async () => {
      const { alice, aliceDevice, conversation } = await newPair(tested.store);
      const append = (id: number) =>
        tested.store.log.append(newMessage({ conversation, sender: alice, dev: aliceDevice, id }));
      const appended = await Promise.all([append(1), append(1), append(2), append(1), append(3)]);
      expect(appended.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
        [1, false],
        [1, true],
        [2, false],
        [1, true],
        [3, false],
      ]);
      expect(new Set(appended.map(({ mid }) => mid)).size).toBe(3);
    });

    it('is one of the same sender and device with the same id', async () => {
      const { alice, bob, aliceDevice, bobDevice, conversation } = await newPair(tested.store);
      const sends = [
        { sender: alice, dev: aliceDevice, id: 1 },
        { sender: alice, dev: aliceDevice, id: 2 },
        { sender: alice, dev: 0, id: 1 },
        { sender: alice, dev: aliceDevice + 1000, id: 1 },
        { sender: bob, dev: bobDevice, id: 1 },
        { sender: alice, dev: aliceDevice, id: null },
        { sender: alice, dev: aliceDevice, id: null },
      ];
      const appended = await Promise.all(
        sends.map((send) => tested.store.log.append(newMessage({ conversation, ...send }))),
      );
      expect(appended.map(({ duplicate }) => duplicate)).toEqual(sends.map(() => false));
    });

    it('is recognised even if it names another conversation, which it does not make', async () => {
      const { aid, alice, aliceDevice, conversation } = await newPair(tested.store);
      const { uid: carol } = await newUser(tested.store, aid, 'carol');
      const send = { sender: alice, dev: aliceDevice, id: 1 };
      const first = await tested.store.log.append(newMessage({ conversation, ...send }));
      const other = { kind: 'pair', aid, a: alice, b: carol } as const;
      const repeated = await tested.store.log.append(newMessage({ conversation: other, ...send }));
      expect(repeated).toEqual({ ...first, duplicate: true });
      expect(await tested.store.log.findConversation(other)).toBeUndefined();
    });
  });
}
