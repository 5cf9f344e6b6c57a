import { type Bus, createInProcessBus } from '@stoa/bus';
import { openSqliteStore, type Store } from '@stoa/storage';
import { ManualClock, tempFolder } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OtherNodes, Presence } from '../presence/index.ts';
import { PresenceTraffic } from './presence-traffic.ts';

const folder = tempFolder();
let store: Store;

beforeAll(async () => {
  store = await openSqliteStore({ path: `${folder.path}/stoa.db` });
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

it('watches nobody any more when its connection closes, even while it is looked up what may be seen', async () => {
  const subscribed = new Set<string>();
  const inner = createInProcessBus();
  const bus: Bus = {
    connected: true,
    counts: inner.counts,
    publish: (subject, event) => inner.publish(subject, event),
    subscribe: async (subject, ...handlers) => {
      const subscription = await inner.subscribe(subject, ...handlers);
      subscribed.add(subject);
      return {
        unsubscribe: () => {
          subscribed.delete(subject);
          subscription.unsubscribe();
        },
      };
    },
    close: () => inner.close(),
  };
  const [asked, allowed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const clock = new ManualClock();
  const presence = new Presence({
    node: 'one',
    bus,
    users: store.users,
    clock,
    others: new OtherNodes({ node: 'one', bus, clock }),
    graceMs: 0,
    maySee: async () => {
      asked.resolve();
      await allowed.promise;
      return { sees: true, groups: [] };
    },
    onError: (error) => {
      throw error;
    },
  });
  const connection = { closed: false, write: () => {} };
  const traffic = new PresenceTraffic({
    identity: { aid: 1, uid: 1, address: 'alice' },
    connection,
    services: {
      presence,
      bus,
      directory: { byAddress: () => ({ aid: 1, uid: 2, address: 'bob', name: '', removed: false }) },
      blocking: { mayReach: () => true },
      access: { may: () => true },
    },
    groups: { presence: async () => undefined },
  });
  const watching = traffic.watch({ t: 'watch', peers: ['bob'], on: true });
  await asked.promise;
  connection.closed = true;
  traffic.closed();
  allowed.resolve();
  await watching;
  // What unsubscribes does so a moment after it was told to.
  await expect.poll(() => [...subscribed], { timeout: 20_000 }).toEqual([]);
});
