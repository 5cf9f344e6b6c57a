import { StoaError } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { Client, conversationId, memoryStore, targetOf } from './index.ts';
import { LocalClient } from './local-client.ts';
import { conversationFrame, messageFrame } from './testing/frames.ts';
import { startOfTime } from './testing/scripted-server.ts';
import { online, scripted } from './testing/test-client.ts';

const bob = { peer: 'bob' };

it('offers everything that a client can do in one page', () => {
  const namesOf = (prototype: object): string[] =>
    prototype === Object.prototype
      ? []
      : [...Object.getOwnPropertyNames(prototype), ...namesOf(Object.getPrototypeOf(prototype))];
  // For pages that hand the client on to each other, and for the calls of each.
  const internal = ['pause', 'resume', 'sayInCall', 'setFront', 'mark'];
  // Those of client.profiles and client.contacts.
  const offered = [
    ...namesOf(Client.prototype),
    'profiles',
    'fetchProfiles',
    'ownProfile',
    'updateProfile',
    'setContact',
    'contactAddresses',
    'contactLevels',
  ];
  expect(
    namesOf(LocalClient.prototype).filter((name) => !internal.includes(name) && !offered.includes(name)),
  ).toEqual([]);
});

it('names conversations by their other side', () => {
  for (const target of [bob, { peer: 'g:7' }, { peer: '' }, { gid: 7 }]) {
    expect(targetOf(conversationId(target))).toEqual(target);
  }
  expect(conversationId(bob)).toBe('u:bob');
  expect(conversationId({ gid: 7 })).toBe('g:7');
});

it.each(['', 'chat.example.com', 'ftp://chat.example.com'])('refuses "%s" as the URL of a server', (url) => {
  expect(() => new Client({ url, token: 't' })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
});

it.each([
  ['http://localhost:8080', 'ws://localhost:8080/ws'],
  ['https://chat.example.com/', 'wss://chat.example.com/ws'],
  ['https://example.com/chat?x=1#y', 'wss://example.com/chat/ws'],
])('finds the socket of %s', async (url, socketUrl) => {
  const opened: unknown[] = [];
  const client = new Client({
    url,
    token: 't',
    // The next attempt is not at once.
    random: () => 0.999_999,
    webSocket: (...args) => {
      opened.push(args);
      throw new Error('not now');
    },
  });
  await client.start();
  expect(opened).toEqual([[socketUrl, ['stoa.v1.msgpack']]]);
  await client.stop();
});

it('lists conversations by their newest message, from the store alone', async () => {
  const store = memoryStore();
  const all = await online({ store });
  const { connection, test } = all;
  connection.send(
    messageFrame(1, { ts: startOfTime + 300 }),
    messageFrame(1, { conv: 6, from: 'carol', ts: startOfTime + 500 }),
    messageFrame(1, { conv: 7, from: 'dave', ts: startOfTime + 400 }),
    conversationFrame(0, { conv: 8, peer: 'erin', name: 'Erin' }),
  );
  await test.count('message', 3);
  const listed = async (from = all.client) => (await from.conversations()).map(({ id }) => id);
  expect(await listed()).toEqual(['u:carol', 'u:dave', 'u:bob']);
  connection.send(messageFrame(2, { ts: startOfTime + 600 }));
  await test.count('message', 4);
  expect(await listed()).toEqual(['u:bob', 'u:carol', 'u:dave']);
  await all.client.stop();

  const offline = await scripted({ store });
  expect(await listed(offline.client)).toEqual(['u:bob', 'u:carol', 'u:dave']);
  expect(await offline.client.messages(bob, { limit: 1 })).toMatchObject([{ seq: 2 }]);
  expect(await offline.client.conversation({ peer: 'nobody' })).toBeUndefined();
  expect(await offline.client.messages({ peer: 'nobody' }, { limit: 9 })).toEqual([]);
  await offline.client.start();
  expect(offline.client.self).toMatchObject({ address: 'alice' });
  expect(offline.client.status.state).toBe('connecting');
});

it('shows older messages page by page', async () => {
  const { connection, test, client } = await online();
  connection.send(...[1, 2, 3, 4, 5].map((seq) => messageFrame(seq)));
  await test.count('message', 5);
  const first = await client.messages(bob, { limit: 2 });
  expect(first.map(({ seq }) => seq)).toEqual([5, 4]);
  const second = await client.messages(bob, { before: first.at(-1)?.order ?? 0, limit: 9 });
  expect(second.map(({ seq }) => seq)).toEqual([3, 2, 1]);
});

it('deletes messages here, and the newest that is left becomes the latest', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1), messageFrame(2), messageFrame(3));
  await test.count('message', 3);
  await client.deleteMessages(bob, [3, 1, 77]);
  expect((await client.messages(bob, { limit: 9 })).map(({ seq }) => seq)).toEqual([2]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 1, latest: { seq: 2 } });
  expect(test.of('conversation').at(-1)?.[0]).toMatchObject({ latest: { seq: 2 } });
  connection.send(messageFrame(3), messageFrame(4));
  await test.count('message', 4);
  expect((await client.messages(bob, { limit: 9 })).map(({ seq }) => seq)).toEqual([4, 2]);
});

it('deletes a conversation, which shows up again with its next message', async () => {
  const store = memoryStore();
  const { connection, server, test, client } = await online({ store });
  connection.send(messageFrame(1), messageFrame(2));
  await test.count('message', 2);
  const sending = client.send(bob, { content: { text: 'waiting' } });
  await connection.next('send');
  await client.clearConversation(bob);
  await expect(sending.sent).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await client.conversations()).toEqual([]);
  expect(await client.messages(bob, { limit: 9 })).toEqual([]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 0 });
  // It had gone out already: it takes its place, and stays deleted.
  const { id } = sending.message;
  connection.send({ t: 'sent', id, conv: 5, seq: 3, mid: 1_003, ts: startOfTime }, messageFrame(4));
  await test.count('message', 4);
  expect((await client.conversations()).map(({ unread }) => unread)).toEqual([1]);
  expect((await client.messages(bob, { limit: 9 })).map(({ seq }) => seq)).toEqual([4]);
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  await next.settled();
  expect(next.frames.filter(({ t }) => t === 'send')).toEqual([]);
});

it('shows nobody the messages of another user', async () => {
  const store = memoryStore();
  const before = await online({ store });
  before.connection.send(messageFrame(1));
  await before.test.count('message', 1);
  before.client.send(bob, { content: { text: 'of alice' } });
  await before.connection.next('send');
  await before.client.stop();

  const { server, test, client } = await scripted({ store });
  test.clock.advance(1_000);
  const mine = client.send({ peer: 'carol' }, { content: { text: 'of erin' } });
  await client.start();
  const erin = { uid: 2, address: 'erin', name: 'Erin', dev: 9 };
  const first = await server.connection();
  const { device } = await first.welcome(erin);
  await test.until(() => test.of('problem').length === 1, 'a problem');
  expect(test.of('problem')).toEqual([[expect.objectContaining({ code: 'CONFLICT' })]]);
  expect(first.frames).toEqual([]);
  test.clock.advance(300);
  const second = await server.connection();
  const hello = await second.welcome(erin);
  expect(hello.device).not.toBe(device);
  expect(hello.position).toBeUndefined();
  const frame = await second.next('send');
  expect(frame).toMatchObject({ id: mine.message.id, content: { text: 'of erin' } });
  await second.settled();
  expect(second.frames).toEqual([]);
  expect(client.self?.address).toBe('erin');
  expect((await client.conversations()).map(({ id }) => id)).toEqual(['u:carol']);
});

it('stops when another page takes the store over, and takes it back when it is started again', async () => {
  const store = memoryStore();
  let lose = (_reason: string): void => {};
  const { connection, server, test, client } = await online({
    store: {
      ...store,
      open(onLost) {
        lose = onLost;
        return store.open(onLost);
      },
    },
  });
  lose('It was opened in another page.');
  await test.status('refused');
  await connection.closed;
  expect(client.status).toMatchObject({ signedOut: true, error: { code: 'CONFLICT' } });
  await expect(client.conversations()).rejects.toBeInstanceOf(StoaError);
  await client.start();
  await (await server.connection()).welcome();
  await test.status('online');
  await client.conversations();
});

it('reports what the server refuses and nobody waits for', async () => {
  const { connection, test } = await online();
  connection.send({ t: 'error', of: 'watch', code: 'TOO_MANY', message: 'Enough.', hint: 'Less.' });
  connection.send({ t: 'error', code: 'NEW_CODE', message: 'Something.', hint: '' });
  await test.count('problem', 2);
  expect(test.of('problem')).toEqual([
    [expect.objectContaining({ code: 'TOO_MANY', message: 'Enough.', hint: 'Less.' })],
    [expect.objectContaining({ code: 'BAD_REQUEST', message: 'NEW_CODE: Something.' })],
  ]);
});
