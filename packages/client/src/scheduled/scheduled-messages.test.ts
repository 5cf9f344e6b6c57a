import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { messageFrame } from '../testing/frames.ts';
import { type ScriptedConnection, startOfTime } from '../testing/scripted-server.ts';
import { online, scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const at = startOfTime + 3_600_000;
const later = { content: { text: 'later' }, at };
const own = (id: number) => messageFrame(1, { from: 'alice', to: 'bob', dev: 7, id, content: later.content });
const answer = async (connection: ScriptedConnection, op: string, body: Record<string, unknown> = {}) => {
  const request = await connection.next('request');
  expect(request.op).toBe(op);
  connection.send({ t: 'response', id: request.id, body });
  return request.body;
};

/** A client with a message that the server will send. */
async function withScheduled(options: Parameters<typeof online>[0] = {}) {
  const all = await online(options);
  const sending = all.client.send(bob, later);
  const frame = await all.connection.next('send');
  all.connection.send({ t: 'scheduled', id: frame.id, at });
  const message = await sending.sent;
  return { ...all, frame, message, id: frame.id };
}

it('hands a message to the server that is to be sent later, and shows it in no conversation before', async () => {
  const { connection, test, client, frame, message, id } = await withScheduled();
  expect(frame).toMatchObject({ peer: 'bob', content: later.content, at });
  expect(message).toMatchObject({ status: 'scheduled', scheduledAt: at, seq: 0 });
  expect(test.of('message')).toEqual([]);
  expect(await client.conversations()).toEqual([]);
  expect(await client.messages(bob, { limit: 9 })).toEqual([]);
  expect(() => client.edit(message, { text: 'x' })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));

  connection.send(own(id));
  await test.count('message', 1);
  expect(test.of('message')).toMatchObject([[{ id, seq: 1, status: 'sent' }, 'self']]);
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{ seq: 1, content: later.content }]);
  expect(test.of('scheduled').length).toBeGreaterThanOrEqual(3);
});

it('lists what waits, of all devices with a connection and of this one without', async () => {
  const store = memoryStore();
  const { connection, client, test, id } = await withScheduled({ store });
  const mine = { dev: 7, id, at, peer: 'bob', content: later.content };
  const theirs = { dev: 8, id: 3, at: at - 1, gid: 12, content: { text: 'from there' } };
  const listing = client.scheduled();
  await answer(connection, 'scheduled.list', { messages: [theirs, mine] });
  const shown = { target: bob, dev: 7, id, at, content: later.content, status: 'scheduled' };
  expect(await listing).toEqual([
    { target: { gid: 12 }, dev: 8, id: 3, at: at - 1, content: { text: 'from there' }, status: 'scheduled' },
    shown,
  ]);
  connection.terminate();
  await test.status('offline');
  client.send(bob, { ...later, at: at + 5 });
  await client.messages(bob, { limit: 1 });
  expect(await client.scheduled()).toMatchObject([shown, { at: at + 5, status: 'outbox' }]);
  await client.stop();

  const next = await scripted({ store });
  await next.client.start();
  const again = await next.server.connection();
  await again.welcome();
  const frame = await again.next('send');
  expect(frame).toMatchObject({ at: at + 5 });
  const asking = next.client.scheduled();
  await answer(again, 'scheduled.list', { messages: [mine] });
  expect(await asking).toMatchObject([shown, { id: frame.id, status: 'outbox' }]);
});

it('takes a message back from the server', async () => {
  const { connection, test, client, id } = await withScheduled();
  const cancelling = client.cancelScheduled({ dev: 7, id });
  expect(await answer(connection, 'scheduled.cancel')).toEqual({ dev: 7, id });
  await cancelling;
  connection.terminate();
  await test.status('offline');
  expect(await client.scheduled()).toEqual([]);
  await expect(client.cancelScheduled({ dev: 8, id: 3 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

it('takes a message back that never left this device, and waits for the answer of one that did', async () => {
  const offline = await scripted();
  await offline.client.start();
  const sending = offline.client.send(bob, later);
  await offline.client.cancelScheduled({ dev: 0, id: sending.message.id });
  await expect(sending.sent).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await offline.client.scheduled()).toEqual([]);

  const { connection, client } = await online();
  const { message } = client.send(bob, later);
  await connection.next('send');
  const cancelling = client.cancelScheduled({ dev: 7, id: message.id });
  await connection.settled();
  connection.send({ t: 'scheduled', id: message.id, at });
  expect(await answer(connection, 'scheduled.cancel')).toEqual({ dev: 7, id: message.id });
  await cancelling;
});

it('forgets what was cancelled on another device', async () => {
  const { connection, test, client } = await withScheduled();
  const listing = client.scheduled();
  await answer(connection, 'scheduled.list', { messages: [] });
  expect(await listing).toEqual([]);
  connection.terminate();
  await test.status('offline');
  expect(await client.scheduled()).toEqual([]);
});

it('keeps what may be on its way right now, until it must have come', async () => {
  const { server, connection, test, client, id } = await withScheduled();
  const listed = async (on: ScriptedConnection) => {
    const listing = client.scheduled();
    await answer(on, 'scheduled.list', { messages: [] });
    return listing;
  };
  const reconnected = async (time: number) => {
    test.clock.advance(300);
    const next = await server.connection();
    await next.welcome({ time });
    await next.settled();
    return next;
  };
  connection.terminate();
  await test.status('offline');
  const soon = await reconnected(at + 1_000);
  expect(await listed(soon)).toEqual([]);
  soon.terminate();
  await test.status('offline');
  expect(await client.scheduled()).toMatchObject([{ id }]);
  test.clock.advance(1_000);
  const late = await reconnected(at + 61_000);
  expect(await listed(late)).toEqual([]);
  late.terminate();
  await test.status('offline');
  expect(await client.scheduled()).toEqual([]);
});

it('appears in the conversation when it is sent at once, or refused', async () => {
  const { connection, test, client } = await online();
  const sending = client.send(bob, later);
  const { id } = await connection.next('send');
  connection.send({ t: 'sent', id, conv: 5, seq: 1, mid: 1_001, ts: startOfTime });
  expect(await sending.sent).toMatchObject({ seq: 1, status: 'sent' });
  expect(test.of('message')).toMatchObject([[{ id, status: 'sent' }, 'outgoing']]);
  const refused = client.send(bob, later);
  const frame = await connection.next('send');
  connection.send({ t: 'error', of: 'send', id: frame.id, code: 'BLOCKED', message: 'No.', hint: '' });
  await refused.sent.catch(() => {});
  expect(test.of('message').at(-1)).toMatchObject([{ id: frame.id, status: 'blocked' }, 'outgoing']);
  const shown = await client.messages(bob, { limit: 9 });
  expect(shown.map(({ status }) => status)).toEqual(['blocked', 'sent']);
});

it('stays when its conversation is cleared', async () => {
  const { client, test, connection } = await online();
  connection.terminate();
  await test.status('offline');
  client.send(bob, later);
  await client.clearConversation(bob);
  expect(await client.scheduled()).toHaveLength(1);
});
