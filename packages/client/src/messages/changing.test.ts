import type { MessageFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { startOfTime } from '../testing/scripted-server.ts';
import { online, scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const edit = (seq: number, target: number, text: string, more: Partial<MessageFrame> = {}) =>
  messageFrame(seq, { event: 'edit', target, content: { text }, ...more });
const recall = (seq: number, target: number) => messageFrame(seq, { event: 'recall', target, content: {} });

it('shows an edit of the other side, and not the event', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1), messageFrame(2));
  await test.count('message', 2);
  connection.send(edit(3, 1, 'better'));
  await test.count('update', 1);
  const [[is, was] = []] = test.of('update');
  expect(was).toMatchObject({ seq: 1, content: { text: 'm1' } });
  expect(is).toMatchObject({
    seq: 1,
    content: { text: 'better' },
    edited: startOfTime + 3,
    status: 'unread',
  });
  expect(test.of('message')).toHaveLength(2);
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{ seq: 2 }, is]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 2, latest: { seq: 2 } });
  expect(await connection.next('received', ({ seq }) => seq === 3)).toBeDefined();
});

it('leaves a mark of a recalled message, which nobody needs to read', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1), messageFrame(2), recall(3, 2), edit(4, 2, 'too late'));
  await test.count('update', 1);
  await connection.settled();
  expect(test.of('update')).toHaveLength(1);
  const [[is] = []] = test.of('update');
  expect(is).toMatchObject({ seq: 2, gone: 'recalled', status: 'unread' });
  expect(is).not.toHaveProperty('content');
  expect(await client.conversation(bob)).toMatchObject({ unread: 1, latest: is });
  await client.markRead(bob);
  expect(await client.conversation(bob)).toMatchObject({ unread: 0 });
});

it('shows in lists what the newest message says now', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1), edit(2, 1, 'better'));
  await test.until(
    () => test.of('conversation').some(([{ latest }]) => latest?.content?.text === 'better'),
    'the edit in the list',
  );
  expect(await client.conversation(bob)).toMatchObject({ unread: 1 });
});

it('keeps the place of a change of nothing that is here, and of events that it does not know', async () => {
  const { connection, test, client } = await online();
  const unknown = { event: 'reaction' as 'edit', target: 9, content: { text: '!' } };
  connection.send(
    conversationFrame(9, { from: 9 }),
    edit(10, 4, 'x'),
    messageFrame(11, unknown),
    messageFrame(12),
  );
  await test.count('message', 1);
  expect(test.of('update')).toEqual([]);
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{ seq: 12 }]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 10 });
  await client.markRead(bob);
  expect(await connection.next('read')).toMatchObject({ seq: 12 });
});

it('takes nothing from who did not write the message', async () => {
  const { connection, test, client } = await online();
  connection.send(
    messageFrame(1, { from: 'alice', to: 'bob', dev: 8 }),
    messageFrame(2),
    edit(3, 1, 'forged'),
  );
  await connection.next('received', ({ seq }) => seq === 3);
  expect(test.of('update')).toEqual([]);
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{}, { content: { text: 'm1' } }]);
});

it('counts neither events nor recalled messages of history as unread or as messages', async () => {
  const { connection, client } = await online();
  connection.send(conversationFrame(9, { from: 8 }), messageFrame(9));
  await connection.next('received');
  expect(await client.conversation(bob)).toMatchObject({ unread: 9 });
  const fetching = client.fetchOlder(bob, 9);
  const { id } = await connection.next('history');
  const { content: _, ...place } = messageFrame(5);
  const { content: __, ...disappeared } = messageFrame(3);
  connection.send({
    t: 'page',
    id,
    conv: 5,
    more: false,
    messages: [
      messageFrame(1),
      messageFrame(2, { content: { text: 'latest' }, edited: startOfTime + 6 }),
      { ...disappeared, gone: 'disappeared' },
      edit(4, 2, 'middle'),
      { ...place, gone: 'recalled' },
      edit(6, 2, 'latest'),
      recall(7, 5),
      messageFrame(8),
    ],
  });
  expect(await fetching).toBe(4);
  const messages = await client.messages(bob, { limit: 99 });
  expect(messages.map(({ seq, content, gone }) => `${seq} ${content?.text ?? gone}`)).toEqual([
    '9 m9',
    '8 m8',
    '5 recalled',
    '2 latest',
    '1 m1',
  ]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 4 });
});

it('has the last edit, also when it overtakes the page that holds the message', async () => {
  const { connection, test, client } = await online();
  connection.send(conversationFrame(2, { from: 1 }), messageFrame(2));
  await test.count('message', 1);
  const fetching = client.fetchOlder(bob, 9);
  const { id } = await connection.next('history');
  connection.send(edit(3, 1, 'new'));
  connection.send({ t: 'page', id, conv: 5, more: false, messages: [messageFrame(1)] });
  expect(await fetching).toBe(1);
  expect(await client.messages(bob, { limit: 9 })).toMatchObject([{ seq: 2 }, { content: { text: 'new' } }]);
});

it('hears of changes in a gap when it is closed', async () => {
  const store = memoryStore();
  const first = await online({ store });
  first.connection.send(messageFrame(1), messageFrame(2));
  await first.test.count('message', 2);
  await first.client.stop();

  const { server, test, client } = await scripted({ store });
  await client.start();
  const connection = await server.connection();
  await connection.welcome();
  connection.send(conversationFrame(9, { from: 8 }), messageFrame(9));
  await test.count('message', 1);
  const fetching = client.fetchOlder(bob, 9);
  const { id, before } = await connection.next('history');
  expect(before).toBe(9);
  const messages = [edit(3, 1, 'new'), recall(4, 2), ...[5, 6, 7, 8].map((seq) => messageFrame(seq))];
  connection.send({ t: 'page', id, conv: 5, more: false, messages });
  await fetching;
  const shown = (await client.messages(bob, { limit: 99 })).slice(-2);
  expect(shown).toMatchObject([{ gone: 'recalled' }, { content: { text: 'new' } }]);
});
