import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { startOfTime } from '../testing/scripted-server.ts';
import { online } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const cleared = (seq: number, conv = 5, more: { position?: number } = {}) =>
  ({ t: 'state', key: 'cleared:peer/bob', value: { conv, seq }, ...more }) as const;
const deleted = (seq: number, conv = 5) =>
  ({ t: 'state', key: `deleted:peer/bob/${seq}`, value: { conv } }) as const;

async function withMessages(count: number) {
  const all = await online({ store: memoryStore() });
  for (let seq = 1; seq <= count; seq++) all.connection.send(messageFrame(seq));
  await all.test.count('message', count);
  const places = async () => (await all.client.messages(bob, { limit: 99 })).map(({ seq }) => seq);
  return { ...all, places };
}

it('tells the other devices what was deleted', async () => {
  const { connection, test, client, places } = await withMessages(4);
  await client.deleteMessages(bob, [2, 4, 9]);
  const { id, body } = await connection.next('request');
  expect(body.values).toEqual([
    { key: 'deleted:peer/bob/2', value: { conv: 5 } },
    { key: 'deleted:peer/bob/4', value: { conv: 5 } },
  ]);
  connection.send({ t: 'response', id, body: {} });
  await client.clearConversation(bob, 3);
  // It includes one of the single ones.
  const values: unknown[] = [];
  while (values.length < 2) {
    values.push(...((await connection.next('request')).body.values as unknown[]));
  }
  expect(values).toEqual([
    { key: 'cleared:peer/bob', value: { conv: 5, seq: 3 } },
    { key: 'deleted:peer/bob/2' },
  ]);
  expect(await places()).toEqual([]);
  expect(test.of('removed')).toEqual([
    [{ conversation: 'u:bob', orders: [2, 4, 9] }],
    [{ conversation: 'u:bob', upTo: 3 }],
  ]);
});

it('removes what another device has deleted, and counts it no more', async () => {
  const { connection, test, client, places } = await withMessages(5);
  connection.send(deleted(5), cleared(2));
  await test.count('removed', 2);
  expect(await places()).toEqual([4, 3]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 2, latest: { seq: 4 } });
  connection.send(cleared(1), deleted(3, 6), cleared(4, 6));
  await connection.settled();
  expect(await places()).toEqual([4, 3]);
  expect(test.of('removed')).toEqual([
    [{ conversation: 'u:bob', orders: [5] }],
    [{ conversation: 'u:bob', upTo: 2 }],
  ]);
});

it('hides what was deleted before it comes, live and in history', async () => {
  const { connection, test, client } = await online();
  connection.send(cleared(3), deleted(5), deleted(11), conversationFrame(10, { from: 9 }), messageFrame(10));
  await test.count('message', 1);
  expect(await client.conversation(bob)).toMatchObject({ unread: 7 });
  connection.send(messageFrame(11), messageFrame(12));
  await test.count('message', 2);
  const fetching = client.fetchOlder(bob, 99);
  const { id } = await connection.next('history');
  const messages = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((seq) => messageFrame(seq));
  connection.send({ t: 'page', id, conv: 5, more: false, messages });
  expect(await fetching).toBe(5);
  const shown = (await client.messages(bob, { limit: 99 })).map(({ seq }) => seq);
  expect(shown).toEqual([12, 10, 9, 8, 7, 6, 4]);
  expect(await client.conversation(bob)).toMatchObject({ unread: 7 });
});

it('asks for nothing that was cleared', async () => {
  const { connection, test, client } = await online();
  connection.send(cleared(9), conversationFrame(10, { from: 9 }), messageFrame(10));
  await test.count('message', 1);
  expect(await client.conversation(bob)).toMatchObject({ unread: 1 });
  expect(await client.fetchOlder(bob, 9)).toBe(0);
  await connection.settled();
  expect(connection.frames.filter(({ t }) => t === 'history')).toEqual([]);
});

it('does not list a cleared conversation again because of a change of what was deleted', async () => {
  const { connection, client } = await withMessages(2);
  await client.clearConversation(bob);
  connection.send(messageFrame(3, { event: 'edit', target: 2, content: { text: 'x' } }));
  await connection.next('received', ({ seq }) => seq === 3);
  expect(await client.conversations()).toEqual([]);
});

it('clears up to the farther place of two devices', async () => {
  const { connection, test, client, places } = await withMessages(9);
  await client.clearConversation(bob, 4);
  const { id } = await connection.next('request');
  connection.send(cleared(6, 5, { position: 7 }), { t: 'response', id, body: { position: 8 } });
  const again = await connection.next('request');
  expect(again.body.values).toEqual([{ key: 'cleared:peer/bob', value: { conv: 5, seq: 6 } }]);
  connection.send({ t: 'response', id: again.id, body: { position: 9 } }, cleared(2, 5, { position: 10 }));
  // Who has cleared more tells it once more.
  const last = await connection.next('request');
  expect(last.body.values).toEqual([{ key: 'cleared:peer/bob', value: { conv: 5, seq: 6 } }]);
  expect(await places()).toEqual([9, 8, 7]);
  expect(test.of('removed').at(-1)).toEqual([{ conversation: 'u:bob', upTo: 6 }]);
});

it('does not show an own message that another device has deleted before it was answered', async () => {
  const { connection, test, client, places } = await withMessages(1);
  const sending = client.send(bob, { content: { text: 'Hello' } });
  const { id } = await connection.next('send');
  connection.send(deleted(2), { t: 'sent', id, conv: 5, seq: 2, mid: 1_002, ts: startOfTime });
  await sending.sent;
  await test.count('removed', 1);
  expect(await places()).toEqual([1]);
});
