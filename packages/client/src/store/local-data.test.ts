import { expect, it } from 'vitest';
import { LocalData } from './local-data.ts';
import type { Change, LocalStore } from './local-store.ts';
import { memoryStore } from './memory-store.ts';
import { outboxOrder } from './order.ts';
import type { ConversationRecord, MessageRecord } from './records.ts';

const conversation: ConversationRecord = {
  id: 'u:bob',
  conv: 5,
  name: 'Bob',
  runs: [],
  read: 0,
  readWithReceipt: 0,
  skipped: 0,
  peerCursor: { delivered: 0, deliveredAt: 0, read: 0, readAt: 0 },
};

const message = (order: number, more: Partial<MessageRecord> = {}): MessageRecord => ({
  conversation: 'u:bob',
  order,
  seq: order,
  mid: order,
  id: 0,
  localId: 0,
  from: 'bob',
  outgoing: false,
  ts: order,
  type: 0,
  flags: 0,
  content: { text: `m${order}` },
  ...more,
});

/** A real store, of which the test can take the next transactions away. */
function breakableStore() {
  const store = memoryStore();
  const applied: (readonly Change[])[] = [];
  let failures = 0;
  const breakable: LocalStore = {
    ...store,
    async apply(changes) {
      if (failures > 0) {
        failures -= 1;
        throw new Error('disk full');
      }
      applied.push(changes);
      await store.apply(changes);
    },
  };
  return { store: breakable, applied, fail: (times: number) => (failures = times) };
}

function dataOn(store: LocalStore) {
  const announced: ConversationRecord[] = [];
  const opened: number[] = [];
  const data = new LocalData({
    store,
    newDevice: () => ({ device: 'new device', lastSendId: 0 }),
    onDisappearing: () => {},
    onOpened: ({ device }) => opened.push(device.lastSendId),
    onConversation: (record) => announced.push(record),
    onLost: () => {},
  });
  return { data, announced, opened };
}

const withMessages = async (data: LocalData, ...orders: number[]) =>
  data.transact((transaction) => {
    transaction.putConversation(conversation);
    for (const order of orders) transaction.putMessage(message(order));
  });
const latestIn = (data: LocalData) => data.conversation('u:bob')?.latest?.order;

it('makes a device together with its store, and finds it again', async () => {
  const { store, applied } = breakableStore();
  const first = dataOn(store);
  await first.data.open();
  expect(first.data.device).toEqual({ device: 'new device', lastSendId: 0 });
  expect(applied).toHaveLength(1);
  await first.data.transact((transaction) => transaction.putDevice({ ...transaction.device, lastSendId: 9 }));
  await first.data.close();
  const second = dataOn(store);
  await second.data.open();
  expect(second.opened).toEqual([9]);
});

it('opens the store by itself, and only once', async () => {
  const { data, opened } = dataOn(memoryStore());
  await Promise.all([data.read(() => {}), data.transact(() => {}), data.open()]);
  expect(opened).toHaveLength(1);
});

it('shows nobody the changes of a transaction before they are stored', async () => {
  const { data } = dataOn(memoryStore());
  const during: unknown[] = [];
  await data.transact(async (transaction) => {
    transaction.putConversation(conversation);
    transaction.putMessage(message(1));
    expect(transaction.conversation('u:bob')?.latest?.order).toBe(1);
    expect(await transaction.message('u:bob', 1)).toEqual(message(1));
    expect(transaction.conversationOf(5)).toBe('u:bob');
    during.push(data.conversation('u:bob'));
    transaction.afterwards(() => during.push(latestIn(data)));
  });
  expect(during).toEqual([undefined, 1]);
});

it('runs transactions one after the other', async () => {
  const { data } = dataOn(memoryStore());
  await data.open();
  const steps: string[] = [];
  let letGo = (): void => {};
  const slow = data.transact(async () => {
    steps.push('first begins');
    await new Promise<void>((resolve) => {
      letGo = resolve;
      steps.push('first waits');
    });
    steps.push('first ends');
  });
  const next = data.transact(() => {
    steps.push('second');
  });
  while (steps.length < 2) await Promise.resolve();
  letGo();
  await Promise.all([slow, next]);
  expect(steps).toEqual(['first begins', 'first waits', 'first ends', 'second']);
});

it('is as before when the store fails, and goes on with the next transaction', async () => {
  const { store, fail } = breakableStore();
  const { data, announced } = dataOn(store);
  await withMessages(data, 1);
  fail(1);
  let after = false;
  const failing = data.transact((transaction) => {
    transaction.putMessage(message(2));
    transaction.afterwards(() => {
      after = true;
    });
  });
  await expect(failing).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(latestIn(data)).toBe(1);
  expect(after).toBe(false);
  expect(announced).toHaveLength(1);
  await data.transact((transaction) => transaction.putMessage(message(3)));
  expect(latestIn(data)).toBe(3);
});

it('stores nothing when the work fails, or changes nothing', async () => {
  const { store, applied } = breakableStore();
  const { data } = dataOn(store);
  await withMessages(data, 1);
  const before = applied.length;
  const failing = data.transact((transaction) => {
    transaction.putMessage(message(2));
    throw new Error('a mistake');
  });
  await expect(failing).rejects.toThrow('a mistake');
  await data.transact(() => {});
  expect(applied).toHaveLength(before);
});

it('tries to open again when the store could not be opened', async () => {
  const store = memoryStore();
  let works = false;
  const { data } = dataOn({
    ...store,
    open: (onLost) => (works ? store.open(onLost) : Promise.reject(new Error('blocked'))),
  });
  await expect(data.open()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(data.transact(() => {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  works = true;
  await data.transact(() => {});
});

it('takes a store that was lost back only when it is opened again', async () => {
  const store = memoryStore();
  let lose = (_reason: string): void => {};
  const { data } = dataOn({
    ...store,
    open(onLost) {
      lose = onLost;
      return store.open(onLost);
    },
  });
  await data.open();
  lose('It was opened in another page.');
  await expect(data.read(() => {})).rejects.toMatchObject({ code: 'CONFLICT' });
  await data.open();
  await data.read(() => {});
});

it('reads messages of the store and of the transaction as one', async () => {
  const { data } = dataOn(memoryStore());
  await withMessages(data, 1, 2, 3, 5);
  await data.transact(async (transaction) => {
    transaction.removeMessage('u:bob', 2);
    transaction.putMessage(message(4));
    const changed = message(3, { content: { text: 'changed' } });
    transaction.putMessage(changed);
    expect(await transaction.messages('u:bob', 1, 5)).toEqual([message(1), changed, message(4)]);
    expect(await transaction.message('u:bob', 2)).toBeUndefined();
    expect(transaction.isRemoved('u:bob', 2)).toBe(true);
    transaction.removeMessages('u:bob', 0, 4);
    expect(await transaction.messages('u:bob', 0, 9)).toEqual([message(4), message(5)]);
    transaction.putMessage(message(2));
    expect(transaction.isRemoved('u:bob', 2)).toBe(false);
    expect(await transaction.message('u:bob', 2)).toEqual(message(2));
  });
});

it('reads more messages than fit into one page of the store', async () => {
  const { data } = dataOn(memoryStore());
  const orders = Array.from({ length: 1_203 }, (_, index) => index + 1);
  await withMessages(data, ...orders);
  const found = await data.transact((transaction) => transaction.messages('u:bob', 2, 1_203));
  expect(found.map(({ order }) => order)).toEqual(orders.slice(1, -1));
});

it('knows the newest message, also when the newest one goes', async () => {
  const { data } = dataOn(memoryStore());
  await withMessages(data, 1, 2, 3);
  await data.transact((transaction) => transaction.putMessage(message(2, { content: { text: 'late' } })));
  expect(latestIn(data)).toBe(3);
  await data.transact((transaction) => transaction.removeMessage('u:bob', 3));
  expect(data.conversation('u:bob')?.latest).toMatchObject({ order: 2, content: { text: 'late' } });
  await data.transact((transaction) => transaction.removeMessages('u:bob', 0, 9));
  expect(latestIn(data)).toBeUndefined();
});

it('finds the newest message among those that wait when one of them leaves the outbox', async () => {
  const { data } = dataOn(memoryStore());
  await withMessages(data, 1);
  const waiting = (id: number) => message(outboxOrder(id), { pending: id, outgoing: true });
  await data.transact((transaction) => {
    for (const id of [10, 11, 12]) transaction.putMessage(waiting(id));
  });
  expect(latestIn(data)).toBe(outboxOrder(12));
  await data.transact((transaction) => {
    transaction.removeMessage('u:bob', outboxOrder(12));
    transaction.putMessage(message(2, { outgoing: true }));
  });
  expect(latestIn(data)).toBe(outboxOrder(11));
});

it('never takes the empty place of an expired message for the newest one', async () => {
  const { data } = dataOn(memoryStore());
  const { content: _, ...place } = message(2);
  await withMessages(data, 1, 3);
  await data.transact((transaction) => transaction.putMessage(place));
  await data.transact((transaction) => transaction.removeMessage('u:bob', 3));
  expect(latestIn(data)).toBe(1);
});

it('can be emptied', async () => {
  const { data } = dataOn(memoryStore());
  await withMessages(data, 1);
  await data.transact(async (transaction) => {
    transaction.removeEverything();
    transaction.putDevice({ device: 'another', lastSendId: 3 });
    expect(transaction.conversation('u:bob')).toBeUndefined();
    expect(await transaction.messages('u:bob', 0, 9)).toEqual([]);
    transaction.putConversation({ ...conversation, id: 'u:carol', conv: 6 });
  });
  expect([...data.conversations()].map(({ id }) => id)).toEqual(['u:carol']);
  expect(data.device).toEqual({ device: 'another', lastSendId: 3 });
  await data.close();
  await data.open();
  expect([...data.conversations()].map(({ id }) => id)).toEqual(['u:carol']);
});

it('shows values to the transaction that changes them, and to others when they are committed', async () => {
  const { store, fail } = breakableStore();
  const { data } = dataOn(store);
  await data.open();
  await data.transact((transaction) => {
    transaction.putValue({ key: 'a', value: 1 });
    expect(transaction.value('a')).toEqual({ key: 'a', value: 1 });
    expect(data.value('a')).toBeUndefined();
  });
  fail(1);
  await data.transact((transaction) => transaction.removeValue('a')).catch(() => {});
  expect([...data.values()]).toEqual([{ key: 'a', value: 1 }]);
  await data.transact((transaction) => {
    transaction.removeValue('a');
    expect(transaction.value('a')).toBeUndefined();
  });
  expect([...data.values()]).toEqual([]);
});
