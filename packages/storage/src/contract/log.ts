import { describe, expect, it } from 'vitest';
import type { ConversationKey, LogRange } from '../store.ts';
import {
  bytes,
  newApp,
  newMessage,
  newPair,
  newUser,
  now,
  type OpenStore,
  useStore,
} from './store-under-test.ts';

export function describeLog(open: OpenStore): void {
  describe('the message log', () => {
    const tested = useStore(open);

    it('keeps every field', async () => {
      const { alice, conversation } = await newPair(tested.store);
      const message = newMessage({
        conversation,
        sender: alice,
        dev: 5,
        id: Number.MAX_SAFE_INTEGER,
        type: 0xffff_ffff,
        flags: Number.MAX_SAFE_INTEGER,
        localId: 0xffff_ffff,
        ref: 17,
        expiresAt: now + 1000,
        content: new Uint8Array([0, 1, 128, 255]),
      });
      const appended = await tested.store.log.append(message);
      expect(appended).toEqual({
        mid: appended.mid,
        conv: appended.conv,
        seq: 1,
        ts: now,
        duplicate: false,
        epoch: 0,
      });
      const { conversation: _, ...fields } = message;
      const stored = { ...fields, mid: appended.mid, conv: appended.conv, seq: 1, special: null };
      expect(await tested.store.log.find(appended.mid)).toEqual(stored);
      expect(await tested.store.log.read(appended.conv, { after: 0, limit: 1 })).toEqual([stored]);
    });

    it('keeps nulls and empty content apart from absence', async () => {
      const { alice, conversation } = await newPair(tested.store);
      const { mid } = await tested.store.log.append(
        newMessage({ conversation, sender: alice, content: new Uint8Array() }),
      );
      const stored = await tested.store.log.find(mid);
      expect(stored).toMatchObject({ id: null, ref: null, expiresAt: 0 });
      expect(stored?.content).toEqual(new Uint8Array());
    });

    it('copies content at the call, also out of a larger buffer', async () => {
      const { alice, conversation } = await newPair(tested.store);
      const buffer = bytes('..first..');
      const content = buffer.subarray(2, 7);
      const appended = tested.store.log.append(newMessage({ conversation, sender: alice, content }));
      buffer.fill(0);
      expect((await tested.store.log.find((await appended).mid))?.content).toEqual(bytes('first'));
    });

    it('keeps the largest content that the protocol allows', async () => {
      const { alice, conversation } = await newPair(tested.store);
      const content = Uint8Array.from({ length: 64 * 1024 }, (_, index) => index % 251);
      const { mid } = await tested.store.log.append(newMessage({ conversation, sender: alice, content }));
      const stored = await tested.store.log.find(mid);
      // Not by toEqual, which takes a second for so many bytes.
      expect(Buffer.compare(stored?.content ?? new Uint8Array(), content)).toBe(0);
    });

    it('numbers what is asked for together without gaps, in the order of the calls', async () => {
      const { alice, bob, conversation } = await newPair(tested.store);
      const count = 300;
      const appended = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          tested.store.log.append(
            newMessage({ conversation, sender: index % 3 ? alice : bob, content: bytes(String(index)) }),
          ),
        ),
      );
      const places = Array.from({ length: count }, (_, index) => index + 1);
      expect(appended.map((message) => message.seq)).toEqual(places);
      const mids = appended.map((message) => message.mid);
      expect(mids).toEqual([...mids].sort((one, other) => one - other));
      expect(new Set(mids).size).toBe(count);

      const conv = appended[0]?.conv ?? 0;
      const read = await tested.store.log.read(conv, { after: 0, limit: 1000 });
      expect(read.map((message) => message.seq)).toEqual(places);
      expect(read.map((message) => new TextDecoder().decode(message.content ?? undefined))).toEqual(
        places.map((place) => String(place - 1)),
      );
    });

    it('numbers each conversation for itself', async () => {
      const { aid } = await newApp(tested.store);
      const users = await Promise.all(['a', 'b', 'c'].map((name) => newUser(tested.store, aid, name)));
      const [a = 0, b = 0, c = 0] = users.map((user) => user.uid);
      const append = (x: number, y: number) =>
        tested.store.log.append(newMessage({ conversation: { kind: 'pair', aid, a: x, b: y }, sender: x }));
      const appended = await Promise.all([
        append(a, b),
        append(a, c),
        append(b, a),
        append(b, b),
        append(c, a),
      ]);
      expect(appended.map((message) => message.seq)).toEqual([1, 1, 2, 1, 2]);
      expect(new Set(appended.map((message) => message.conv)).size).toBe(3);
    });

    it('knows a pair whichever is named first', async () => {
      const { aid, alice, bob, conversation } = await newPair(tested.store);
      const { conv } = await tested.store.log.append(newMessage({ conversation, sender: bob, ts: now + 3 }));
      const expected = {
        conv,
        key: { kind: 'pair', aid, a: Math.min(alice, bob), b: Math.max(alice, bob) },
        last: 1,
        lastAt: now + 3,
      };
      expect(await tested.store.log.conversation(conv)).toEqual(expected);
      expect(await tested.store.log.findConversation({ kind: 'pair', aid, a: bob, b: alice })).toEqual(
        expected,
      );
      expect(await tested.store.log.findConversation({ kind: 'pair', aid, a: alice, b: bob })).toEqual(
        expected,
      );
    });

    it('keeps groups and notes to oneself', async () => {
      const { aid, alice } = await newPair(tested.store);
      const keys: ConversationKey[] = [
        { kind: 'group', aid, gid: 7 },
        { kind: 'group', aid, gid: 8 },
        { kind: 'pair', aid, a: alice, b: alice },
      ];
      for (const conversation of keys) {
        expect(await tested.store.log.findConversation(conversation)).toBeUndefined();
        const { conv } = await tested.store.log.append(newMessage({ conversation, sender: alice }));
        const found = { conv, key: conversation, last: 1, lastAt: now };
        expect(await tested.store.log.findConversation(conversation)).toEqual(found);
        expect(await tested.store.log.conversation(conv)).toEqual(found);
      }
    });

    it('reads forward from a place and backward from a place', async () => {
      const { alice, conversation } = await newPair(tested.store);
      const messages = Array.from({ length: 10 }, () => newMessage({ conversation, sender: alice }));
      const [first] = await Promise.all(messages.map((message) => tested.store.log.append(message)));
      const places = async (range: LogRange) =>
        (await tested.store.log.read(first?.conv ?? 0, range)).map((message) => message.seq);
      expect(await places({ after: 0, limit: 3 })).toEqual([1, 2, 3]);
      expect(await places({ after: 8, limit: 5 })).toEqual([9, 10]);
      expect(await places({ after: 10, limit: 5 })).toEqual([]);
      expect(await places({ before: 11, limit: 3 })).toEqual([8, 9, 10]);
      expect(await places({ before: 3, limit: 5 })).toEqual([1, 2]);
      expect(await places({ before: 1, limit: 5 })).toEqual([]);
      const beforeMid = (await tested.store.log.read(first?.conv ?? 0, { after: 6, limit: 1 }))[0]?.mid ?? 0;
      expect(await places({ beforeMid, limit: 3 })).toEqual([4, 5, 6]);
      expect(await places({ beforeMid: first?.mid ?? 0, limit: 3 })).toEqual([]);
    });

    it('answers for what does not exist', async () => {
      const { aid, alice, bob } = await newPair(tested.store);
      expect(await tested.store.log.find(999_999_999)).toBeUndefined();
      expect(await tested.store.log.conversation(999_999_999)).toBeUndefined();
      expect(await tested.store.log.read(999_999_999, { after: 0, limit: 5 })).toEqual([]);
      expect(
        await tested.store.log.findConversation({ kind: 'pair', aid, a: alice, b: bob }),
      ).toBeUndefined();
    });

    it('refuses a message to a user who never existed, and changes nothing', async () => {
      const { aid, alice } = await newPair(tested.store);
      const conversation: ConversationKey = { kind: 'pair', aid, a: alice, b: 4_000_000_000 };
      await expect(tested.store.log.append(newMessage({ conversation, sender: alice }))).rejects.toThrow();
      expect(await tested.store.log.findConversation(conversation)).toBeUndefined();
    });
  });
}
