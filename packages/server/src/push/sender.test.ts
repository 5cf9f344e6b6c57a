import { ManualClock } from '@stoa/testkit';
import { expect, it } from 'vitest';
import type { PushNote } from './note.ts';
import { Sender } from './sender.ts';

const messageOf = (topic: string): PushNote => ({
  data: { type: 'message', tag: topic, badge: 1, at: 0 },
  seconds: 60,
  urgency: 'high',
  topic,
});

const ringOf = (call: string): PushNote => ({
  data: { type: 'call', call, from: 'bob', name: 'Bob', video: false, invitedAt: 0 },
  seconds: 45,
  urgency: 'high',
  topic: call,
});

/** Sends to user 1, who has two devices: the push service of the first one never answers. */
function senderToTwoDevices() {
  const asked: { dev: number; topic: string }[] = [];
  const sender = new Sender({
    store: {
      list: async () =>
        [1, 2].map((dev) => {
          const device = { dev, provider: `${dev}`, target: 'token', keys: null, voip: null };
          return { uid: 1, ...device, createdAt: 0 };
        }),
      unregister: async () => true,
    },
    clock: new ManualClock(),
    providerOf: () => ({
      send: ({ dev }, { topic }, stopped) => {
        asked.push({ dev, topic });
        if (dev === 2) return Promise.resolve({ kind: 'sent' });
        return new Promise((_resolve, reject) => {
          stopped.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
    }),
    onError: (error) => {
      throw error;
    },
  });
  return { sender, asked };
}

it('rings although the push service of another device of the user does not answer', async () => {
  const { sender, asked } = senderToTwoDevices();
  for (let note = 0; note < 500; note += 1) await sender.send(1, messageOf(String(note)));
  for (let call = 0; call < 10; call += 1) await sender.send(1, ringOf(`call-${call}`));
  await expect
    .poll(() => asked.filter(({ dev, topic }) => dev === 2 && topic.startsWith('call-')))
    .toHaveLength(10);
  await sender.close();
});

it('has room for a conversation that says more and more, though nothing of it can be sent', async () => {
  const { sender, asked } = senderToTwoDevices();
  for (let note = 0; note < 500; note += 1) await sender.send(1, messageOf('same'));
  await sender.send(1, messageOf('other'));
  await expect.poll(() => asked).toContainEqual({ dev: 2, topic: 'other' });
  await sender.close();
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
  for (let note = 0; note < 100; note += 1) await sender.send(1, messageOf(String(note)));
  await sender.send(2, messageOf('one'));
  await sender.send(2, messageOf('two'));
  expect(asked.filter((uid) => uid === 2)).toHaveLength(2);
  expect(asked.length).toBeLessThan(20);
  for (let note = 100; note < 20_000; note += 1) await sender.send(1, messageOf(String(note)));
  await sender.send(2, messageOf('three'));
  expect(asked.filter((uid) => uid === 2)).toHaveLength(3);
  await sender.close();
});
