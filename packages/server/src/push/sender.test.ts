import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import type { PushNote } from './note.ts';
import { Sender } from './sender.ts';

const noteOf = (topic: string): PushNote => ({
  data: { type: 'message', tag: topic, badge: 1, at: 0 },
  seconds: 60,
  urgency: 'high',
  topic,
});

it('tells a user although the push services of another one never answer', async () => {
  const asked: number[] = [];
  const sender = new Sender({
    store: {
      list: async (uids) =>
        uids.map((uid) => {
          const device = { dev: uid, provider: 'any', target: 'token', keys: null, voip: null };
          return { uid, ...device, createdAt: 0 };
        }),
      unregister: async () => true,
    },
    clock: new ManualClock(),
    providerOf: () => ({
      send: ({ uid }, _note, stopped) => {
        asked.push(uid);
        if (uid === 2) return Promise.resolve({ kind: 'sent' });
        return new Promise((_resolve, reject) => {
          stopped.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
    }),
    onError: (error) => {
      throw error;
    },
  });
  for (let note = 0; note < 100; note += 1) await sender.send(1, noteOf(String(note)));
  await sender.send(2, noteOf('one'));
  await sender.send(2, noteOf('two'));
  expect(asked.filter((uid) => uid === 2)).toHaveLength(2);
  expect(asked.length).toBeLessThan(20);
  for (let note = 100; note < 20_000; note += 1) await sender.send(1, noteOf(String(note)));
  await sender.send(2, noteOf('three'));
  expect(asked.filter((uid) => uid === 2)).toHaveLength(3);
  await sender.close();
});
