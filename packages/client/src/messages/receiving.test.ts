import type { PageFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { startOfTime } from '../testing/scripted-server.ts';
import { online, scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const received = (seq: number) => ({ t: 'received', conv: 5, seq }) as const;
const page = (id: number, seqs: readonly number[], more = false): PageFrame => ({
  t: 'page',
  id,
  conv: 5,
  messages: seqs.map((seq) => messageFrame(seq)),
  more,
});

it('stores a message, announces it, and acknowledges it then', async () => {
  const { connection, test, client } = await online();
  const order: string[] = [];
  client.on('message', async () => order.push(`${(await client.messages(bob, { limit: 1 })).length} stored`));
  connection.send(messageFrame(1, { type: 4, expires: startOfTime + 60_000, ref: 8 }));
  expect(await connection.next('received')).toEqual(received(1));
  expect(test.of('message')).toEqual([
    [
      {
        conversation: 'u:bob',
        order: 1,
        seq: 1,
        mid: 1_001,
        id: 0,
        localId: 1,
        from: 'bob',
        outgoing: false,
        ts: startOfTime + 1,
        type: 4,
        flags: 3,
        expiresAt: startOfTime + 60_000,
        ref: 8,
        content: { text: 'm1' },
        status: 'unread',
      },
      'realtime',
    ],
  ]);
  const [conversation] = await client.conversations();
  expect(conversation).toMatchObject({ id: 'u:bob', target: bob, unread: 1, latest: { seq: 1 } });
  expect(order).toEqual(['1 stored']);
});

it('acknowledges a batch once for each conversation', async () => {
  const { connection, test } = await online();
  const carol = { conv: 6, from: 'carol' };
  connection.send(
    messageFrame(1),
    messageFrame(1, carol),
    messageFrame(2),
    messageFrame(3),
    messageFrame(2, carol),
  );
  await connection.next('received', ({ conv }) => conv === 6);
  await connection.settled();
  expect(connection.frames).toEqual([received(3)]);
  expect(test.texts).toHaveLength(5);
});

it('drops what came before, and acknowledges it all the same', async () => {
  const { connection, test } = await online();
  connection.send(messageFrame(1), messageFrame(2));
  await connection.next('received');
  connection.send(messageFrame(1), messageFrame(2));
  expect(await connection.next('received')).toEqual(received(2));
  await connection.settled();
  expect(connection.frames).toEqual([]);
  expect(test.texts).toEqual(['m1 realtime', 'm2 realtime']);
});

it('fetches what is missing before it shows what comes after', async () => {
  const { connection, test } = await online();
  connection.send(messageFrame(1), messageFrame(5));
  const first = await connection.next('history');
  expect(first).toEqual({ t: 'history', id: first.id, peer: 'bob', after: 1, limit: 100 });
  connection.send(messageFrame(6), page(first.id, [2, 3], true));
  const second = await connection.next('history');
  expect(second).toMatchObject({ after: 3 });
  connection.send(page(second.id, [4, 5, 6]));
  await connection.next('received', ({ seq }) => seq === 6);
  expect(test.texts).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((text) => `${text} realtime`));
});

it('goes on when the missing message comes by itself', async () => {
  const { connection, test } = await online();
  connection.send(messageFrame(1), messageFrame(3));
  const { id } = await connection.next('history');
  connection.send(messageFrame(2));
  await connection.next('received', ({ seq }) => seq === 3);
  connection.send(page(id, [2, 3]));
  await connection.settled();
  expect(test.texts).toEqual(['m1 realtime', 'm2 realtime', 'm3 realtime']);
});

it('goes on without messages that nobody has any more', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1), messageFrame(5));
  const { id } = await connection.next('history');
  connection.send(page(id, []));
  await connection.next('received', ({ seq }) => seq === 5);
  expect(test.texts).toEqual(['m1 realtime', 'm5 realtime']);
  expect(await client.conversation(bob)).toMatchObject({ unread: 2 });
});

it('goes on when the server refuses to give them', async () => {
  const { connection, test } = await online();
  connection.send(messageFrame(1), messageFrame(5));
  const { id } = await connection.next('history');
  const error = { code: 'NOT_A_MEMBER', message: 'No.', hint: '' };
  connection.send({ t: 'error', of: 'history', id, ...error });
  await connection.next('received', ({ seq }) => seq === 5);
  expect(test.texts).toEqual(['m1 realtime', 'm5 realtime']);
});

it('asks again after a second when the server cannot give them now', async () => {
  const { connection, test } = await online();
  connection.send(messageFrame(1), messageFrame(3));
  const { id } = await connection.next('history');
  const error = { code: 'UNAVAILABLE', message: 'Later.', hint: '' };
  connection.send({ t: 'error', of: 'history', id, ...error });
  await connection.settled();
  test.clock.advance(999);
  await connection.settled();
  expect(connection.frames.filter(({ t }) => t === 'history')).toEqual([]);
  test.clock.advance(1);
  connection.send(page((await connection.next('history')).id, [2]));
  await connection.next('received', ({ seq }) => seq === 3);
});

it('waits a moment for messages that the answer to an own send has overtaken', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1));
  await connection.next('received');
  const sending = client.send(bob, { content: { text: 'mine' } });
  const { id } = await connection.next('send');
  connection.send({ t: 'sent', id, conv: 5, seq: 4, mid: 1_004, ts: startOfTime });
  expect(await sending.sent).toMatchObject({ seq: 4 });
  connection.send(messageFrame(2), messageFrame(3));
  expect(await connection.next('received')).toEqual(received(4));
  test.clock.advance(1_000);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  expect(test.texts).toEqual(['m1 realtime', 'mine outgoing', 'm2 realtime', 'm3 realtime']);
});

it('fetches them when they do not come', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1));
  await connection.next('received');
  const sending = client.send(bob, { content: { text: 'mine' } });
  const { id } = await connection.next('send');
  connection.send({ t: 'sent', id, conv: 5, seq: 3, mid: 1_003, ts: startOfTime });
  await sending.sent;
  test.clock.advance(1_000);
  const asked = await connection.next('history');
  expect(asked).toMatchObject({ after: 1 });
  const own = messageFrame(3, { from: 'alice', to: 'bob', dev: 7, id });
  connection.send({ ...page(asked.id, [2]), messages: [messageFrame(2), own] });
  await connection.next('received', ({ seq }) => seq === 3);
  expect(test.texts).toEqual(['m1 realtime', 'mine outgoing', 'm2 realtime']);
  expect((await client.messages(bob, { limit: 9 })).map(({ content }) => content?.text)).toEqual([
    'mine',
    'm2',
    'm1',
  ]);
});

it('acknowledges own sends only now and then', async () => {
  const { connection, client } = await online();
  for (let count = 1; count <= 20; count++) {
    const sending = client.send(bob, { content: {} });
    const { id } = await connection.next('send');
    connection.send({ t: 'sent', id, conv: 5, seq: count, mid: count, ts: startOfTime });
    await sending.sent;
    if (count === 19) {
      await connection.settled();
      expect(connection.frames).toEqual([]);
    }
  }
  expect(await connection.next('received')).toEqual(received(20));
});

it('tells apart what waited on the server, what the user sent elsewhere, and what comes now', async () => {
  const { connection, test, client } = await online();
  connection.send(
    messageFrame(1, { ts: startOfTime - 1 }),
    messageFrame(2, { from: 'alice', to: 'bob', dev: 8 }),
    messageFrame(3, { ts: startOfTime }),
    messageFrame(4, { from: 'alice', to: 'bob', dev: 0, id: 0 }),
  );
  await connection.next('received');
  expect(test.texts).toEqual(['m1 pending', 'm2 self', 'm3 realtime', 'm4 self']);
  expect(test.of('message').map(([{ status }]) => status)).toEqual(['unread', 'sent', 'unread', 'sent']);
  expect(await client.conversation(bob)).toMatchObject({ unread: 2 });
});

it('keeps notes to oneself in a conversation of their own', async () => {
  const { connection, client } = await online();
  connection.send(messageFrame(1, { from: 'alice', to: 'alice', dev: 8 }));
  await connection.next('received');
  expect((await client.conversations()).map(({ id }) => id)).toEqual(['u:alice']);
});

it('keeps the messages of a group together', async () => {
  const { connection, client } = await online();
  const { to: _, ...frame } = messageFrame(1);
  connection.send({ ...frame, gid: 12 }, { ...frame, gid: 12, seq: 2, from: 'carol' });
  await connection.next('received');
  expect((await client.conversations()).map(({ id, unread }) => [id, unread])).toEqual([['g:12', 2]]);
});

it('keeps only the place of a message that expired', async () => {
  const { connection, test, client } = await online();
  const { content: _, ...gone } = messageFrame(2, { gone: 'expired' });
  test.clock.advance(100);
  connection.send(messageFrame(1), gone, messageFrame(3, { expires: startOfTime + 100 }), messageFrame(4));
  await connection.next('received', ({ seq }) => seq === 4);
  expect(test.texts).toEqual(['m1 realtime', 'm4 realtime']);
  const messages = await client.messages(bob, { limit: 9 });
  expect(messages.map(({ status, content }) => [status, content?.text])).toEqual([
    ['unread', 'm4'],
    ['expired', undefined],
    ['expired', undefined],
    ['unread', 'm1'],
  ]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 2 });
});

it('keeps a message that another device of the user got before it expired', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1, { ts: startOfTime - 60_000, expires: startOfTime - 30_000 }));
  await connection.next('received');
  expect(test.texts).toEqual(['m1 pending']);
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([
    { content: { text: 'm1' }, status: 'unread' },
  ]);
});

it('announces transient messages and forgets them', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1), messageFrame(0, { conv: 0, mid: 2 ** 52 + 3, content: { text: 'wave' } }));
  await test.count('message', 2);
  expect(test.texts).toEqual(['m1 realtime', 'wave realtime']);
  expect(await client.messages(bob, { limit: 9 })).toHaveLength(1);
  expect(await client.conversation(bob)).toMatchObject({ unread: 1 });
});

it('catches up: names, cursors, missed messages, then the position', async () => {
  const store = memoryStore();
  const { server, test, client } = await scripted({ store });
  await client.start();
  const connection = await server.connection();
  expect((await connection.welcome()).position).toBeUndefined();
  const peerCursor = { delivered: 1, deliveredAt: startOfTime, read: 1, readAt: startOfTime };
  connection.send(conversationFrame(3, { read: 2, peerCursor }));
  connection.send(...[1, 2, 3].map((seq) => messageFrame(seq, { ts: startOfTime - 10 })));
  connection.send({ t: 'synced', position: 77 });
  await test.count('synced', 1);
  expect(test.texts).toEqual(['m1 pending', 'm2 pending', 'm3 pending']);
  expect(test.of('message').map(([{ status }]) => status)).toEqual(['seen', 'seen', 'unread']);
  expect(await client.conversation(bob)).toMatchObject({ name: 'Bob', unread: 1, peerCursor });
  await client.stop();

  await client.start();
  expect((await (await server.connection()).welcome()).position).toBe(77);
});

it('keeps the position only when everything before it is stored', async () => {
  const { connection, server, test } = await online();
  connection.send(messageFrame(1), messageFrame(3), { t: 'synced', position: 99 });
  const { id } = await connection.next('history');
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  expect((await next.welcome()).position).toBe(1);
  next.send(messageFrame(3), { t: 'synced', position: 99 });
  const asked = await next.next('history');
  next.send(page(id, [2]), page(asked.id, [2]));
  await test.count('synced', 2);
  next.terminate();
  await test.status('offline');
  test.clock.advance(3_000);
  expect((await (await server.connection()).welcome()).position).toBe(99);
});

it('takes nothing more of a batch when the connection is lost while it is being stored', async () => {
  const store = memoryStore();
  let goOn = (): void => {};
  const reading = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { connection, server, test } = await online({
    store: {
      ...store,
      messages: async (...range) => {
        await reading;
        return store.messages(...range);
      },
    },
  });
  // Message 2 is missing, and the receipt takes its time.
  const receipt = { t: 'receipt', conv: 5, user: 'bob', delivered: 1, ts: startOfTime } as const;
  connection.send(messageFrame(1), messageFrame(3), receipt, { t: 'synced', position: 99 });
  await connection.settled();
  connection.terminate();
  await test.status('offline');
  goOn();
  await test.count('message', 1);
  test.clock.advance(300);
  expect((await (await server.connection()).welcome()).position).toBe(1);
});

it('gives the connection up when the store fails, and loses nothing', async () => {
  const store = memoryStore();
  let isFull = false;
  const { connection, server, test } = await online({
    store: {
      ...store,
      apply: (changes) => (isFull ? Promise.reject(new Error('full')) : store.apply(changes)),
    },
  });
  isFull = true;
  connection.send(messageFrame(1));
  await test.status('offline');
  expect(test.of('problem')).toEqual([[expect.objectContaining({ code: 'UNAVAILABLE' })]]);
  expect(connection.frames).toEqual([]);
  isFull = false;
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  next.send(messageFrame(1));
  await next.next('received');
  expect(test.texts).toEqual(['m1 realtime']);
});

it('does not take up a conversation again that was made anew', async () => {
  const { connection, test, client } = await online();
  connection.send(conversationFrame(2, { read: 1 }), messageFrame(1), messageFrame(2));
  await connection.next('received');
  client.send(bob, { content: { text: 'waiting' } });
  await connection.next('send');
  connection.send(messageFrame(1, { conv: 8, content: { text: 'new' } }));
  await connection.next('received', ({ conv }) => conv === 8);
  expect(test.texts.at(-1)).toBe('new realtime');
  expect((await client.messages(bob, { limit: 9 })).map(({ content }) => content?.text)).toEqual([
    'waiting',
    'new',
  ]);
  expect(await client.conversation(bob)).toMatchObject({
    unread: 1,
    name: 'Bob',
    latest: { status: 'outbox' },
  });
});
