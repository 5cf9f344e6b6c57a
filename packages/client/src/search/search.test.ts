import type { MessageFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import type { SearchOptions } from '../index.ts';
import { conversationFrame, messageFrame } from '../testing/frames.ts';
import { type ScriptedConnection, startOfTime } from '../testing/scripted-server.ts';
import { online, type Scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const say = (seq: number, text: string, more: Partial<MessageFrame> = {}) =>
  messageFrame(seq, { content: { text }, ...more });
const answer = async (connection: ScriptedConnection, messages: MessageFrame[], cursor?: string) => {
  const { id, op, body } = await connection.next('request');
  expect(op).toBe('messages.search');
  connection.send({ t: 'response', id, body: { messages, ...(cursor === undefined ? {} : { cursor }) } });
  return body;
};
const texts = async ({ client }: Pick<Scripted, 'client'>, query: string, options?: SearchOptions) => {
  const { messages } = await client.search(query, options);
  return messages.map(({ content }) => content?.text);
};

it('shows what the server finds as this device has it, page by page', async () => {
  const { connection, test, client } = await online();
  connection.send(
    { t: 'state', key: 'deleted:peer/bob/12', value: { conv: 5 } },
    conversationFrame(11, { from: 10, peerCursor: { delivered: 11, deliveredAt: 1, read: 0, readAt: 0 } }),
    say(11, 'plan A', { from: 'alice', to: 'bob', dev: 8 }),
    say(12, 'plan B'),
  );
  await test.count('message', 1);
  const searching = client.search('plan', { target: bob, limit: 3 });
  const found = [
    say(12, 'plan B'),
    say(11, 'plan A', { from: 'alice', to: 'bob', dev: 8 }),
    say(4, 'old plan'),
  ];
  expect(await answer(connection, found, 'next page')).toEqual({ query: 'plan', limit: 3, peer: 'bob' });
  const { messages, cursor } = await searching;
  expect(messages).toMatchObject([
    { seq: 11, status: 'delivered' },
    { seq: 4, conversation: 'u:bob', content: { text: 'old plan' } },
  ]);
  // What was found is not stored.
  expect(await client.messages(bob, { limit: 9 })).toHaveLength(1);

  const going = client.search('plan', { target: bob, limit: 3, cursor: cursor ?? '' });
  expect(await answer(connection, [])).toMatchObject({ cursor: 'next page' });
  expect(await going).toEqual({ messages: [] });
});

it('finds what is still on its way to the server, and edits that are', async () => {
  const all = await online();
  const { connection, client, test } = all;
  connection.send(say(1, 'first draft', { from: 'alice', to: 'bob', dev: 8 }));
  await test.count('message', 1);
  client.send(bob, { content: { text: 'The Plan' } });
  client.send(bob, { content: { poll: { question: 'Which plan?', options: ['The one', 'None'] } } });
  const searching = texts(all, 'plan the');
  await answer(connection, []);
  // The poll, without text, is the newest.
  expect(await searching).toEqual([undefined, 'The Plan']);
});

/** A device without a connection, with the same words in two conversations. */
async function offline(options: Parameters<typeof online>[0] = {}) {
  const all = await online(options);
  const { connection, test } = all;
  for (let seq = 1; seq <= 5; seq++) {
    connection.send(say(seq, `Bob's word ${seq}`, { ts: startOfTime + 10 * seq }));
    connection.send(
      messageFrame(seq, {
        conv: 6,
        mid: 2_000 + seq,
        from: 'carol',
        ts: startOfTime + 10 * seq + 5,
        content: { file: { url: 'https://x', name: `WORD ${seq}.pdf` } },
      }),
    );
  }
  await test.count('message', 10);
  connection.terminate();
  await test.status('offline');
  return all;
}

it('searches on this device without a connection, the newest first and page by page', async () => {
  const all = await offline();
  const { client } = all;
  const places: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 9; pages++) {
    const page = await client.search('word', { limit: 4, ...(cursor === undefined ? {} : { cursor }) });
    places.push(...page.messages.map(({ from, seq }) => `${from} ${seq}`));
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  const expected = [5, 4, 3, 2, 1].flatMap((seq) => [`carol ${seq}`, `bob ${seq}`]);
  expect(places).toEqual(expected);
  expect(await texts(all, 'WORD 3', { target: bob })).toEqual(["Bob's word 3"]);
  expect(await texts(all, 'nothing of it')).toEqual([]);
});

it('searches on this device when it is asked to', async () => {
  const all = await online();
  all.connection.send(say(1, 'here'));
  await all.test.count('message', 1);
  expect(await texts(all, 'here', { where: 'device' })).toEqual(['here']);
});

it('searches on this device when the server does not search', async () => {
  const all = await online();
  all.connection.send(say(1, 'here'));
  await all.test.count('message', 1);
  const searching = texts(all, 'here');
  const { id } = await all.connection.next('request');
  const refusal = { of: 'request', id, code: 'UNKNOWN_OPERATION', message: 'No.', hint: '' } as const;
  all.connection.send({ t: 'error', ...refusal });
  expect(await searching).toEqual(['here']);
});

it('refuses queries and cursors that are none, and says what the server says', async () => {
  const { connection, client } = await online();
  const refused = (code: string) => expect.objectContaining({ code });
  await expect(client.search('  ')).rejects.toEqual(refused('BAD_REQUEST'));
  await expect(client.search('x'.repeat(128))).rejects.toEqual(refused('BAD_REQUEST'));
  await expect(client.search('x', { cursor: 'x' })).rejects.toEqual(refused('BAD_REQUEST'));
  const searching = client.search('x');
  const { id } = await connection.next('request');
  connection.send({ t: 'error', of: 'request', id, code: 'RATE_LIMITED', message: 'Slowly.', hint: '' });
  await expect(searching).rejects.toEqual(refused('RATE_LIMITED'));
});

it('finds nothing that the application does not want to have', async () => {
  const all = await online({ filter: ({ content }) => content?.text !== 'spam' });
  const { connection } = all;
  const searching = texts(all, 'a');
  await answer(connection, [say(1, 'spam'), say(2, 'ham')]);
  expect(await searching).toEqual(['ham']);
});
