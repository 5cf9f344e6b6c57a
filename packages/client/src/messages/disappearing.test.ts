import type { MessageAge } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { startOfTime } from '../testing/scripted-server.ts';
import { online, type Scripted, scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const age = (from: MessageAge['from'], seconds = 10): MessageAge => ({ from, seconds });
const own = { from: 'alice', to: 'bob', dev: 8 };
const places = async ({ client }: Pick<Scripted, 'client'>) =>
  (await client.messages(bob, { limit: 99 })).map(({ seq }) => seq);

it('removes each message when its age is over, counted from when it was sent, delivered or read', async () => {
  const all = await online();
  const { connection, test, client } = all;
  connection.send(
    messageFrame(1, { age: age('sent'), ts: startOfTime - 5_000 }),
    messageFrame(2, { age: age('delivered') }),
    messageFrame(3, { age: age('read', 60) }),
    messageFrame(4, { ...own, age: age('delivered') }),
    messageFrame(5, { ...own, age: age('read') }),
    messageFrame(6, { ...own, age: age('sent', 900) }),
  );
  await test.count('message', 6);
  test.clock.advance(4_999);
  expect(await places(all)).toEqual([6, 5, 4, 3, 2, 1]);
  test.clock.advance(1);
  await test.count('removed', 1);
  expect(await places(all)).toEqual([6, 5, 4, 3, 2]);
  connection.send({ t: 'receipt', conv: 5, user: 'bob', delivered: 6, read: 4, ts: startOfTime + 4_000 });
  await client.markRead(bob, { upTo: 3 });
  await connection.settled();
  test.clock.advance(5_000);
  await test.count('removed', 2);
  expect(await places(all)).toEqual([6, 5, 4, 3]);
  connection.send({ t: 'receipt', conv: 5, user: 'bob', read: 5, ts: startOfTime + 9_000 });
  await connection.settled();
  test.clock.advance(4_000);
  await test.count('removed', 3);
  expect(await places(all)).toEqual([6, 5, 3]);
  test.clock.advance(5_000);
  await test.count('removed', 4);
  expect(await places(all)).toEqual([6, 3]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 0, latest: { seq: 6 } });
  expect(test.of('removed').at(-1)).toEqual([{ conversation: 'u:bob', orders: [5] }]);
});

it('does not count what has disappeared unread', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1, { age: age('sent') }), messageFrame(2));
  await test.count('message', 2);
  test.clock.advance(20_000);
  await test.count('removed', 1);
  expect(await client.conversation(bob)).toMatchObject({ unread: 1, latest: { seq: 2 } });
});

it('removes at the next start what has disappeared meanwhile, and keeps only its place of what comes gone', async () => {
  const store = memoryStore();
  const first = await online({ store });
  first.connection.send(messageFrame(1, { age: age('sent') }), messageFrame(2, { age: age('sent', 900) }));
  await first.test.count('message', 2);
  await first.client.stop();

  const all = await scripted({ store });
  all.test.clock.advance(60_000);
  await all.client.start();
  await all.test.count('removed', 1);
  expect(await places(all)).toEqual([2]);
  const connection = await all.server.connection();
  await connection.welcome({ time: startOfTime + 60_000 });
  const { content: _, ...place } = messageFrame(3, { age: age('sent') });
  connection.send(conversationFrame(4, { from: 2 }), { ...place, gone: 'disappeared' }, messageFrame(4));
  await all.test.count('message', 1);
  expect(await places(all)).toEqual([4, 2]);
  expect(await all.client.conversation(bob)).toMatchObject({ unread: 2 });
});

it('follows the time of the server', async () => {
  const { connection, server, test } = await online();
  connection.send(messageFrame(1, { age: age('sent', 600) }));
  await test.count('message', 1);
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome({ time: startOfTime + 601_000 });
  await test.count('removed', 1);
});

it('gives messages the age that is set for the conversation, unless they say another', async () => {
  const all = await online();
  const { connection, test, client } = all;
  await client.setAge(bob, age('sent', 60));
  expect(await client.conversation(bob)).toBeUndefined();
  const first = client.send(bob, { content: { text: 'one' } });
  client.send(bob, { content: { text: 'two' }, age: age('read', 5) });
  client.send({ peer: 'carol' }, { content: { text: 'three' } });
  const frames = [];
  while (frames.length < 3) frames.push(await connection.next('send'));
  expect(frames.map((frame) => frame.age)).toEqual([age('sent', 60), age('read', 5), undefined]);
  expect(await client.conversation(bob)).toMatchObject({ age: age('sent', 60) });
  const { id } = first.message;
  connection.send({ t: 'sent', id, conv: 5, seq: 1, mid: 1_001, ts: startOfTime });
  expect(await first.sent).toMatchObject({ age: age('sent', 60), disappearsAt: startOfTime + 60_000 });
  test.clock.advance(5_000);
  await connection.settled();
  connection.send({ t: 'receipt', conv: 5, user: 'bob', read: 1, ts: startOfTime });
  await connection.settled();
  await client.setAge(bob, undefined);
  client.send(bob, { content: { text: 'four' } });
  expect((await connection.next('send')).age).toBeUndefined();
  expect(() => client.setAge(bob, age('sent', 0))).toThrow(expect.objectContaining({ code: 'BAD_FRAME' }));
});

it('removes very many in turn', async () => {
  const { connection, test, client } = await online();
  for (let seq = 1; seq <= 250; seq++) connection.send(messageFrame(seq, { age: age('sent') }));
  await test.count('message', 250);
  test.clock.advance(10_250);
  await test.until(() => test.of('removed').length >= 3, 'all of them');
  expect(await client.messages(bob, { limit: 9 })).toEqual([]);
  expect(await client.conversations()).toMatchObject([{ unread: 0 }]);
});
