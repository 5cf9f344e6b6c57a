import type { Conversation, MessageLog, StoredMessage } from '@stoa/storage';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NewestFirst } from './newest-first.ts';

/** Messages with ids in the order of time, spread over conversations; clocks differ by up to 50 seconds. */
const world = fc.array(fc.record({ conv: fc.nat({ max: 5 }), skew: fc.nat({ max: 50_000 }) }), {
  maxLength: 120,
});

it('hands out all messages before a place, the newest first, whichever conversation they are in', async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.nat({ max: 130 }), async (drawn, before) => {
      const messages = drawn.map(({ conv, skew }, index) => ({
        ...ordinary,
        mid: index + 1,
        conv,
        seq: drawn.slice(0, index + 1).filter((one) => one.conv === conv).length,
        ts: index * 40_000 + skew,
      }));
      let reads = 0;
      const log: Pick<MessageLog, 'read'> = {
        read: async (conv, range) => {
          reads += 1;
          const beforeMid = 'beforeMid' in range ? range.beforeMid : 0;
          return messages.filter((one) => one.conv === conv && one.mid < beforeMid).slice(-range.limit);
        },
      };
      const source = new NewestFirst({ log, conversations: listed(messages), before, matches: () => true });
      const got: number[] = [];
      for (let seen = await source.next(); seen !== undefined; seen = await source.next()) got.push(seen.mid);
      const expected = messages.map(({ mid }) => mid).filter((mid) => mid < before);
      expect(got).toEqual(expected.reverse());
      expect(reads).toBeLessThanOrEqual(12 + messages.length / 16);
    }),
  );
});

async function* listed(messages: readonly StoredMessage[]): AsyncGenerator<Conversation, undefined> {
  const newest = new Map(messages.map((message) => [message.conv, message]));
  const conversations = [...newest].map(([conv, { ts, seq }]) => {
    return { conv, key: { kind: 'group', aid: 1, gid: conv }, lastAt: ts, last: seq } as const;
  });
  yield* conversations.sort((one, other) => other.lastAt - one.lastAt);
  return undefined;
}

const ordinary = {
  sender: 1,
  dev: 0,
  id: null,
  type: 0,
  flags: 0,
  localId: 0,
  ref: null,
  expiresAt: 0,
  content: new Uint8Array(),
  special: null,
};
