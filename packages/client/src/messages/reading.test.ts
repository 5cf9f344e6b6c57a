import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import type { ScriptedConnection } from '../testing/scripted-server.ts';
import { online, type Scripted, scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const read = (seq: number) => ({ t: 'read', conv: 5, seq }) as const;

/** Three messages of bob have come. */
async function withMessages(all: Scripted & { connection: ScriptedConnection }): Promise<void> {
  all.connection.send(messageFrame(1), messageFrame(2), messageFrame(3));
  await all.connection.next('received');
  all.test.events.length = 0;
}
const unread = async ({ client }: Pick<Scripted, 'client'>) => (await client.conversation(bob))?.unread;

it('marks everything read and tells the server', async () => {
  const all = await online();
  const { connection, test, client } = all;
  await withMessages(all);
  await client.markRead(bob);
  expect(await connection.next('read')).toEqual(read(3));
  expect(test.updates).toEqual(['m1 unread→seen', 'm2 unread→seen', 'm3 unread→seen']);
  expect(test.of('conversation').at(-1)?.[0]).toMatchObject({ unread: 0, latest: { status: 'seen' } });
  await client.markRead(bob);
  await connection.settled();
  expect(connection.frames.filter(({ t }) => t === 'read')).toEqual([]);
});

it('marks messages up to a place, and never takes it back', async () => {
  const all = await online();
  const { connection, client } = all;
  await withMessages(all);
  await client.markRead(bob, { upTo: 2 });
  expect(await connection.next('read')).toEqual(read(2));
  expect(await unread(all)).toBe(1);
  await client.markRead(bob, { upTo: 1 });
  await client.markRead(bob, { upTo: 99 });
  expect(await connection.next('read')).toEqual(read(3));
  expect(await unread(all)).toBe(0);
});

it('can be quiet about it, and tell later', async () => {
  const all = await online();
  const { connection, client } = all;
  await withMessages(all);
  await client.markRead(bob, { receipt: false });
  expect(await connection.next('read')).toEqual({ ...read(3), receipt: false });
  expect(await unread(all)).toBe(0);
  await client.markRead(bob, { upTo: 2 });
  expect(await connection.next('read')).toEqual(read(2));
});

it('counts own, expired and deleted messages for nothing', async () => {
  const all = await online();
  const { connection, client } = all;
  const { content: _, ...gone } = messageFrame(3, { gone: 'expired' });
  connection.send(
    messageFrame(1),
    messageFrame(2, { from: 'alice', to: 'bob', dev: 8 }),
    gone,
    messageFrame(4),
  );
  connection.send(messageFrame(5), messageFrame(6), messageFrame(7, { from: 'alice', to: 'bob', dev: 8 }));
  await connection.next('received', ({ seq }) => seq === 7);
  expect(await unread(all)).toBe(4);
  await client.deleteMessages(bob, [4, 2]);
  expect(await unread(all)).toBe(3);
  await client.markRead(bob, { upTo: 1 });
  expect(await unread(all)).toBe(2);
  await client.markRead(bob, { upTo: 5 });
  expect(await unread(all)).toBe(1);
});

it('learns what the user read on another device', async () => {
  const all = await online();
  const { connection, test } = all;
  await withMessages(all);
  connection.send({ t: 'receipt', conv: 5, user: 'alice', read: 2, ts: 1 });
  await test.count('update', 2);
  expect(test.updates).toEqual(['m1 unread→seen', 'm2 unread→seen']);
  expect(await unread(all)).toBe(1);
});

it('repeats what the server has not confirmed, over connections and restarts', async () => {
  const store = memoryStore();
  const all = await online({ store });
  const { connection, test, client } = all;
  await withMessages(all);
  connection.terminate();
  await test.status('offline');
  await client.markRead(bob, { upTo: 2 });
  await client.markRead(bob, { receipt: false });
  await client.stop();

  const later = await scripted({ store });
  await later.client.start();
  const first = await later.server.connection();
  await first.welcome();
  expect(await first.next('read')).toEqual(read(2));
  expect(await first.next('read')).toEqual({ ...read(3), receipt: false });
  await first.next('ping');
  first.terminate();
  await later.test.status('offline');
  later.test.clock.advance(300);

  const second = await later.server.connection();
  await second.welcome();
  expect(await second.next('read')).toEqual(read(2));
  await second.next('read');
  await second.next('ping');
  second.send({ t: 'pong' });
  await second.settled();
  await later.client.conversations();
  second.terminate();
  await later.test.status('offline');
  later.test.clock.advance(600);

  const third = await later.server.connection();
  await third.welcome();
  await third.settled();
  expect(third.frames).toEqual([]);
});

it('takes a confirmation only for what was told before it', async () => {
  const all = await online();
  const { connection, server, test, client } = all;
  await withMessages(all);
  await client.markRead(bob, { upTo: 2 });
  await connection.next('ping');
  await client.markRead(bob, { upTo: 3 });
  await connection.next('ping');
  connection.send({ t: 'pong' });
  await connection.settled();
  await client.conversations();
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  expect(await next.next('read')).toEqual(read(3));
});

it('takes back nothing that the server knows better', async () => {
  const all = await online();
  await withMessages(all);
  all.connection.send(conversationFrame(3, { from: 3, read: 3 }));
  all.connection.send(conversationFrame(3, { from: 3, read: 1 }));
  await all.connection.settled();
  await all.test.count('update', 3);
  expect(await unread(all)).toBe(0);
});

it('has nothing to read where there is nothing', async () => {
  const { connection, client } = await online();
  await client.markRead({ peer: 'nobody' });
  client.send(bob, { content: { text: 'Hello' } });
  await connection.next('send');
  await client.markRead(bob);
  await connection.settled();
  expect(connection.frames).toEqual([]);
});

it('repeats what the server could not store, until it has', async () => {
  const all = await online();
  const { connection, test, client } = all;
  await withMessages(all);
  await client.markRead(bob);
  await connection.next('read');
  const error = {
    t: 'error',
    of: 'read',
    code: 'UNAVAILABLE',
    message: 'No database.',
    hint: 'Wait.',
  } as const;
  connection.send(error, { t: 'pong' });
  await connection.settled();
  test.clock.advance(2_000);
  expect(await connection.next('read')).toEqual(read(3));
  connection.send({ t: 'pong' });
  await connection.settled();
  test.clock.advance(2_500);
  await connection.settled();
  expect(connection.frames.filter(({ t }) => t === 'read')).toEqual([]);
});
