import type { ReceiptFrame, SendFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { type ScriptedConnection, startOfTime } from '../testing/scripted-server.ts';
import { online, type Scripted, scripted } from '../testing/test-client.ts';
import type { Draft } from '../types.ts';

const bob = { peer: 'bob' };
const receipt = (more: Partial<ReceiptFrame>): ReceiptFrame => ({
  t: 'receipt',
  conv: 5,
  user: 'bob',
  ts: startOfTime + 100,
  ...more,
});

/** Sends messages and has them accepted as 1, 2, 3 … */
async function accepted(
  { client, connection, test }: Scripted & { connection: ScriptedConnection },
  ...drafts: Partial<Draft>[]
): Promise<void> {
  const sendings = drafts.map((draft, index) =>
    client.send(bob, { content: { text: `m${index + 1}` }, ...draft }),
  );
  const frames: SendFrame[] = [];
  while (frames.length < drafts.length) frames.push(await connection.next('send'));
  connection.send(
    ...frames.map(({ id }, index) => {
      const seq = index + 1;
      return { t: 'sent', id, conv: 5, seq, mid: 1_000 + seq, ts: startOfTime } as const;
    }),
  );
  await Promise.all(sendings.map(({ sent }) => sent));
  test.events.length = 0;
}
const statuses = async ({ client }: Pick<Scripted, 'client'>) =>
  (await client.messages(bob, { limit: 9 })).map(({ status }) => status).reverse();

it('marks own messages delivered and read as the peer’s cursors move', async () => {
  const all = await online();
  const { connection, test, client } = all;
  await accepted(all, {}, {}, {});
  connection.send(receipt({ delivered: 2 }));
  await test.count('update', 2);
  expect(await statuses(all)).toEqual(['delivered', 'delivered', 'sent']);
  connection.send(receipt({ delivered: 3, read: 1, ts: startOfTime + 200 }));
  await test.count('update', 4);
  expect(test.updates).toEqual([
    'm1 sent→delivered',
    'm2 sent→delivered',
    'm1 delivered→read',
    'm3 sent→delivered',
  ]);
  expect(await statuses(all)).toEqual(['read', 'delivered', 'delivered']);
  expect((await client.conversation(bob))?.peerCursor).toEqual({
    delivered: 3,
    deliveredAt: startOfTime + 200,
    read: 1,
    readAt: startOfTime + 200,
  });
  expect(test.of('conversation').at(-1)?.[0]).toMatchObject({ latest: { seq: 3, status: 'delivered' } });
});

it('takes reading for delivery too', async () => {
  const all = await online();
  await accepted(all, { flags: 1 }, {});
  all.connection.send(receipt({ read: 2 }));
  await all.test.count('update', 2);
  expect(await statuses(all)).toEqual(['delivered', 'read']);
  expect((await all.client.conversation(bob))?.peerCursor).toMatchObject({
    delivered: 2,
    deliveredAt: startOfTime + 100,
  });
});

it('tells nothing of messages that asked for no receipt, and nothing twice', async () => {
  const all = await online();
  const { connection, test } = all;
  await accepted(all, { flags: 0 }, {});
  connection.send(receipt({ delivered: 2 }), receipt({ delivered: 1 }), receipt({ delivered: 2 }));
  await connection.settled();
  await test.count('update', 1);
  expect(test.updates).toEqual(['m2 sent→delivered']);
  expect(await statuses(all)).toEqual(['sent', 'delivered']);
});

it('applies receipts that come with the answer to the send', async () => {
  const { connection, test, client } = await online();
  client.send(bob, { content: { text: 'm1' } });
  const { id } = await connection.next('send');
  connection.send(
    { t: 'sent', id, conv: 5, seq: 1, mid: 1_001, ts: startOfTime },
    receipt({ delivered: 1 }),
    messageFrame(2),
    receipt({ read: 1 }),
  );
  await connection.next('received');
  expect(test.updates).toEqual(['m1 outbox→sent', 'm1 sent→delivered', 'm1 delivered→read']);
  expect(test.events.map(({ name }) => name).slice(-5)).toEqual([
    'update',
    'update',
    'message',
    'update',
    'conversation',
  ]);
});

it('ignores receipts of conversations that it does not know, and of members of groups', async () => {
  const { connection, test } = await online();
  const { to: _, ...frame } = messageFrame(1);
  connection.send(
    receipt({ conv: 44, delivered: 3 }),
    { ...frame, gid: 12 },
    receipt({ read: 1, user: 'carol' }),
  );
  await connection.next('received');
  expect(test.updates).toEqual([]);
  expect(test.of('problem')).toEqual([]);
});

it('learns while catching up how far the peer has got', async () => {
  const all = await online();
  const { connection, test, server } = all;
  await accepted(all, {}, {});
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  const peerCursor = { delivered: 2, deliveredAt: startOfTime + 9, read: 1, readAt: startOfTime + 8 };
  next.send(conversationFrame(2, { from: 2, peerCursor }));
  await test.count('update', 2);
  expect(await statuses(all)).toEqual(['read', 'delivered']);
});

it('calls a message expired that was received too late', async () => {
  const all = await online();
  const { connection, test } = all;
  await accepted(all, { expiry: 10 }, { expiry: 60 });
  connection.send(receipt({ delivered: 2, ts: startOfTime + 30_000 }));
  await test.count('update', 2);
  expect(test.updates).toEqual(['m1 sent→expired', 'm2 sent→delivered']);
  // Later receipts change nothing of it.
  connection.send(receipt({ read: 2, ts: startOfTime + 90_000 }));
  await test.count('update', 3);
  expect(await statuses(all)).toEqual(['expired', 'read']);
});

it('does not take a later receipt for the one that covered a message first', async () => {
  const all = await online();
  await accepted(all, { expiry: 10 }, {});
  all.connection.send(receipt({ delivered: 1, ts: startOfTime + 5_000 }));
  all.connection.send(receipt({ delivered: 2, ts: startOfTime + 50_000 }));
  await all.test.count('update', 2);
  expect(await statuses(all)).toEqual(['delivered', 'delivered']);
});

it('tells when a message expires, with one timer for all', async () => {
  const all = await online();
  const { test } = all;
  await accepted(all, { expiry: 2 }, { expiry: 4 }, { expiry: 4 });
  test.clock.advance(1_999);
  expect(await statuses(all)).toEqual(['sent', 'sent', 'sent']);
  test.clock.advance(1);
  await test.count('update', 1);
  test.clock.advance(2_000);
  await test.count('update', 3);
  expect(test.updates).toEqual(['m1 sent→expired', 'm2 sent→expired', 'm3 sent→expired']);
  expect(test.of('conversation').at(-1)?.[0].latest?.status).toBe('expired');
});

it('does not call a message expired that was delivered before', async () => {
  const all = await online();
  const { connection, test } = all;
  await accepted(all, { expiry: 2 });
  connection.send(receipt({ delivered: 1, ts: startOfTime + 1_000 }));
  await test.count('update', 1);
  test.clock.advance(5_000);
  expect(await statuses(all)).toEqual(['delivered']);
  expect(test.updates).toEqual(['m1 sent→delivered']);
});

it('does not call a message expired whose receipt is just being stored', async () => {
  const store = memoryStore();
  let reading = Promise.resolve();
  const all = await online({
    store: {
      ...store,
      messages: async (...range) => {
        await reading;
        return store.messages(...range);
      },
    },
  });
  const { connection, test } = all;
  await accepted(all, { expiry: 2 });
  let goOn = (): void => {};
  reading = new Promise((resolve) => {
    goOn = resolve;
  });
  connection.send(receipt({ delivered: 1, ts: startOfTime + 1_000 }));
  await connection.settled();
  test.clock.advance(2_000);
  goOn();
  await test.count('update', 1);
  expect(await statuses(all)).toEqual(['delivered']);
  expect(test.updates).toHaveLength(1);
});

it('corrects itself when the receipt of a message that seemed expired comes late', async () => {
  const all = await online();
  const { connection, test } = all;
  await accepted(all, { expiry: 2 });
  test.clock.advance(2_000);
  await test.count('update', 1);
  connection.send(receipt({ delivered: 1, ts: startOfTime + 1_000 }));
  await test.count('update', 2);
  expect(test.updates).toEqual(['m1 sent→expired', 'm1 expired→delivered']);
});

it('shows a message as expired that did so while the application was closed', async () => {
  const store = memoryStore();
  const all = await online({ store });
  await accepted(all, { expiry: 2 });
  await all.client.stop();
  const later = await scripted({ store });
  later.test.clock.advance(10_000);
  expect(await statuses(later)).toEqual(['expired']);
  expect(await later.client.conversation(bob)).toMatchObject({ latest: { status: 'expired' } });
});

it('takes receipts that come before the first word of their conversation', async () => {
  const { connection, client, test } = await online();
  connection.send(receipt({ delivered: 2, read: 1 }));
  const cursor = { delivered: 0, deliveredAt: 0, read: 0, readAt: 0 };
  connection.send(conversationFrame(2, { from: 0, read: 0, peerCursor: cursor }));
  connection.send(messageFrame(1, { from: 'alice', to: 'bob', dev: 8 }));
  connection.send(messageFrame(2, { from: 'alice', to: 'bob', dev: 8 }));
  await test.count('message', 2);
  expect((await client.conversation(bob))?.peerCursor).toMatchObject({ delivered: 2, read: 1 });
  const statuses = (await client.messages(bob, { limit: 9 })).map(({ status }) => status);
  expect(statuses).toEqual(['delivered', 'read']);
});
