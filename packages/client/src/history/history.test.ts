import type { MessageFrame, PageFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { online } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const page = (id: number, messages: MessageFrame[], more: boolean): PageFrame => ({
  t: 'page',
  id,
  conv: 5,
  messages,
  more,
});

/** A device that was sent only messages 41 … 43 of a conversation with 43. */
async function newDevice() {
  const all = await online();
  all.connection.send(conversationFrame(43, { from: 40, read: 38 }));
  all.connection.send(...numbers(41, 43).map((seq) => messageFrame(seq)));
  await all.connection.next('received');
  all.test.events.length = 0;
  return all;
}

it('fetches older messages on demand, without announcing them', async () => {
  const { connection, test, client } = await newDevice();
  expect(await client.conversation(bob)).toMatchObject({ unread: 5 });
  const fetching = client.fetchOlder(bob, 3);
  const { id, ...asked } = await connection.next('history');
  expect(asked).toEqual({ t: 'history', peer: 'bob', before: 41, limit: 3 });
  connection.send(
    page(
      id,
      [messageFrame(38), messageFrame(39, { from: 'alice', to: 'bob', dev: 8 }), messageFrame(40)],
      true,
    ),
  );
  expect(await fetching).toBe(3);
  expect(test.of('message')).toEqual([]);
  const messages = await client.messages(bob, { limit: 99 });
  expect(messages.map(({ seq }) => seq)).toEqual([43, 42, 41, 40, 39, 38]);
  // One of those that were counted as unread is an own one.
  expect(await client.conversation(bob)).toMatchObject({ unread: 4, latest: { seq: 43 } });
  expect(connection.frames).toEqual([]);
});

it('fetches page by page up to the beginning', async () => {
  const { connection, client } = await newDevice();
  const fetching = client.fetchOlder(bob, 500);
  const first = await connection.next('history');
  expect(first).toMatchObject({ before: 41, limit: 100 });
  connection.send(
    page(
      first.id,
      numbers(21, 40).map((seq) => messageFrame(seq)),
      true,
    ),
  );
  const second = await connection.next('history');
  expect(second).toMatchObject({ before: 21, limit: 100 });
  connection.send(
    page(
      second.id,
      numbers(1, 20).map((seq) => messageFrame(seq)),
      false,
    ),
  );
  expect(await fetching).toBe(40);
  expect(await client.fetchOlder(bob, 10)).toBe(0);
  expect(await client.messages(bob, { limit: 99 })).toHaveLength(43);
});

it('knows the beginning of a conversation that does not begin at one', async () => {
  const { connection, client } = await newDevice();
  const fetching = client.fetchOlder(bob, 10);
  connection.send(page((await connection.next('history')).id, [messageFrame(40)], false));
  expect(await fetching).toBe(1);
  expect(await client.fetchOlder(bob, 10)).toBe(0);
});

it('keeps expired messages of the history as the server gives them', async () => {
  const { connection, client } = await newDevice();
  const fetching = client.fetchOlder(bob, 2);
  const { content: _, ...gone } = messageFrame(39, { gone: 'expired' });
  connection.send(
    page((await connection.next('history')).id, [gone, messageFrame(40, { expires: 1 })], true),
  );
  await fetching;
  const messages = await client.messages(bob, { limit: 99 });
  expect(messages.slice(-2).map(({ status, content }) => [status, content?.text])).toEqual([
    ['unread', 'm40'],
    ['expired', undefined],
  ]);
});

it('shares one request between calls for the same conversation', async () => {
  const { connection, client } = await newDevice();
  const fetching = [client.fetchOlder(bob, 2), client.fetchOlder(bob, 2)];
  const { id } = await connection.next('history');
  connection.send(page(id, [messageFrame(39), messageFrame(40)], true));
  expect(await Promise.all(fetching)).toEqual([2, 2]);
  await connection.settled();
  expect(connection.frames).toEqual([]);
});

it('hides what is beyond a hole until the hole is filled', async () => {
  const { connection, server, test, client } = await online();
  connection.send(messageFrame(1), messageFrame(2), messageFrame(3));
  await connection.next('received');
  await client.deleteMessages(bob, [3]);
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  // Too much was missed: the stream begins after 10.
  next.send(conversationFrame(11, { from: 10 }), messageFrame(11));
  await next.next('received');
  expect(next.frames.filter(({ t }) => t === 'history')).toEqual([]);
  const seqs = async () => (await client.messages(bob, { limit: 99 })).map(({ seq }) => seq);
  expect(await seqs()).toEqual([11]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 10 });

  const fetching = client.fetchOlder(bob, 9);
  const { id, before } = await next.next('history');
  expect(before).toBe(11);
  next.send(
    page(
      id,
      numbers(2, 10).map((seq) => messageFrame(seq)),
      true,
    ),
  );
  expect(await fetching).toBe(9);
  // Message 3 was deleted here and stays so.
  expect(await seqs()).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 2, 1]);
  expect(await client.fetchOlder(bob, 9)).toBe(0);
});

it('asks anew when the newest messages are others than before', async () => {
  const { connection, client } = await newDevice();
  const fetching = client.fetchOlder(bob, 2);
  const first = await connection.next('history');
  connection.send(
    conversationFrame(60, { from: 60 }),
    page(first.id, [messageFrame(39), messageFrame(40)], true),
  );
  const second = await connection.next('history');
  expect(second).toMatchObject({ before: 61, limit: 2 });
  connection.send(page(second.id, [messageFrame(59), messageFrame(60)], true));
  expect(await fetching).toBe(2);
  expect((await client.messages(bob, { limit: 9 })).map(({ seq }) => seq)).toEqual([60, 59]);
});

it('shows an own message that was sent while there was a hole', async () => {
  const { connection, client } = await online();
  connection.send(messageFrame(1), conversationFrame(20, { from: 20 }));
  await connection.next('received');
  client.send(bob, { content: { text: 'mine' } });
  const { id } = await connection.next('send');
  connection.send({ t: 'error', of: 'send', id, code: 'PERMISSION_DENIED', message: '', hint: '' });
  await connection.settled();
  expect((await client.messages(bob, { limit: 9 })).map(({ status }) => status)).toEqual(['failed']);
});

it('rejects without a connection, when it is lost, and when the server refuses', async () => {
  const { connection, test, client } = await newDevice();
  const refused = client.fetchOlder(bob, 2);
  const { id } = await connection.next('history');
  connection.send({ t: 'error', of: 'history', id, code: 'PERMISSION_DENIED', message: 'No.', hint: '' });
  await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  const lost = client.fetchOlder(bob, 2);
  await connection.next('history');
  connection.terminate();
  await expect(lost).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await test.status('offline');
  await expect(client.fetchOlder(bob, 2)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(test.of('problem')).toEqual([]);
});

it('knows nothing before conversations that nobody told it of', async () => {
  const { client } = await online({ store: memoryStore() });
  expect(await client.fetchOlder({ peer: 'nobody' }, 5)).toBe(0);
});

it('drops a page of a conversation that was made anew meanwhile', async () => {
  const { connection, client } = await newDevice();
  const fetching = client.fetchOlder(bob, 2);
  const { id } = await connection.next('history');
  connection.send(messageFrame(1, { conv: 8, content: { text: 'new' } }), page(id, [messageFrame(40)], true));
  expect(await fetching).toBe(0);
  expect((await client.messages(bob, { limit: 9 })).map(({ content }) => content?.text)).toEqual(['new']);
});
