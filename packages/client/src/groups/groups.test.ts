import type { GroupInfo, ReceiptsFrame, ServerFrame } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { messageFrame } from '../testing/frames.ts';
import type { ScriptedConnection } from '../testing/scripted-server.ts';
import { startOfTime } from '../testing/scripted-server.ts';
import { online } from '../testing/test-client.ts';

const friends = { gid: 1000 };
const info: GroupInfo = {
  gid: 1000,
  conv: 9,
  name: 'Friends',
  flags: 0,
  createdAt: startOfTime,
  members: 3,
  role: 'member',
  permissions: 31,
  admin: 0,
};
const joined: ServerFrame = { t: 'group', gid: 1000, event: 'joined', group: info, by: 'bob' };
const groupMessage = (seq: number, more = {}) => {
  const { to: _, ...frame } = messageFrame(seq, { conv: 9, gid: 1000, ...more });
  return frame;
};

/** Answers the next question, and gives what was asked. */
async function answer(connection: ScriptedConnection, body: object) {
  const { id, op, body: asked } = await connection.next('request');
  connection.send({ t: 'response', id, body: { ...body } });
  return { op, asked };
}

it('makes a group and changes who is in it', async () => {
  const { connection, client } = await online();
  const creating = client.groups.create({ name: 'Friends', members: ['bob'] });
  expect(await answer(connection, { group: info })).toEqual({
    op: 'groups.create',
    asked: { name: 'Friends', members: ['bob'] },
  });
  expect(await creating).toEqual(info);
  const adding = client.groups.addMembers(1000, ['carol', 'nobody'], { permissions: 3 });
  expect((await answer(connection, { members: [], unknown: ['nobody'] })).asked).toEqual({
    gid: 1000,
    users: ['carol', 'nobody'],
    permissions: 3,
  });
  expect((await adding).unknown).toEqual(['nobody']);
});

it('lists all of its groups, page by page', async () => {
  const { connection, client } = await online();
  const listing = client.groups.list();
  expect((await answer(connection, { groups: [info], cursor: 'more' })).asked).toEqual({});
  expect((await answer(connection, { groups: [{ ...info, gid: 1001 }] })).asked).toEqual({ cursor: 'more' });
  expect((await listing).map(({ gid }) => gid)).toEqual([1000, 1001]);
});

it('joins at once, or waits to be let in', async () => {
  const { connection, client } = await online();
  const joining = client.groups.join(1000, 1234);
  expect((await answer(connection, { joined: true, group: info })).asked).toEqual({ gid: 1000, pin: 1234 });
  expect(await joining).toEqual(info);
  const asking = client.groups.join(1000);
  await answer(connection, { joined: false });
  expect(await asking).toBeUndefined();
});

it('tells what happens to a group, and knows its name and whether it is in it', async () => {
  const { connection, client, test } = await online();
  connection.send(joined);
  await test.count('group', 1);
  expect(test.of('group')).toEqual([[{ gid: 1000, event: 'joined', group: info, by: 'bob' }]]);
  connection.send(groupMessage(1));
  await test.count('message', 1);
  expect(await client.conversation(friends)).toMatchObject({ name: 'Friends', left: false, unread: 1 });
  const { role: _, permissions: __, admin: ___, ...changed } = info;
  connection.send({ t: 'group', gid: 1000, event: 'changed', group: { ...changed, name: 'Best friends' } });
  await test.count('group', 2);
  expect(await client.conversation(friends)).toMatchObject({ name: 'Best friends', left: false });
  connection.send({ t: 'group', gid: 1000, event: 'left', reason: 'removed', by: 'bob' });
  await test.count('group', 3);
  expect(await client.conversation(friends)).toMatchObject({ name: 'Best friends', left: true });
});

it('goes on after the time in which it was no member', async () => {
  const { connection, client, test } = await online();
  const state = { t: 'conversation', conv: 9, gid: 1000, name: 'Friends', read: 0 } as const;
  connection.send({ ...state, last: 2, from: 0 }, groupMessage(1), groupMessage(2));
  await test.count('message', 2);
  connection.send({ ...state, last: 9, from: 2, left: true });
  connection.send({ ...state, last: 9, from: 7 }, groupMessage(8), groupMessage(9));
  await test.count('message', 4);
  test.clock.advance(200);
  const places = async () => (await client.messages(friends, { limit: 10 })).map(({ seq }) => seq);
  expect(await places()).toEqual([9, 8]);
  const fetching = client.fetchOlder(friends, 10);
  const { id, before } = await connection.next('history');
  expect(before).toBe(8);
  // What was said between is not for this user, and no page has it.
  const page = { t: 'page', id, conv: 9, more: false } as const;
  connection.send({ ...page, messages: [groupMessage(1), groupMessage(2)] });
  expect(await fetching).toBe(2);
  expect(await places()).toEqual([9, 8, 2, 1]);
  expect((await client.conversation(friends))?.left).toBe(false);
  expect((await connection.next('received', ({ seq }) => seq === 9)).conv).toBe(9);
});

it('knows what was not for the user: it is not unread, and no gap in the history', async () => {
  const { connection, client, test } = await online();
  const state = { t: 'conversation', conv: 9, gid: 1000, name: 'Friends', read: 0 } as const;
  connection.send({ ...state, last: 5, from: 3, hidden: [[1, 3]] }, groupMessage(4), groupMessage(5));
  connection.send(
    {
      ...state,
      last: 12,
      from: 10,
      hidden: [
        [1, 3],
        [6, 10],
      ],
    },
    groupMessage(11),
  );
  await test.count('message', 3);
  expect((await client.messages(friends, { limit: 10 })).map(({ seq }) => seq)).toEqual([11, 5, 4]);
  expect(await client.conversation(friends)).toMatchObject({ unread: 3 });
  expect(await client.fetchOlder(friends, 10)).toBe(0);
  await client.markRead(friends, { upTo: 4 });
  expect(await client.conversation(friends)).toMatchObject({ unread: 2 });
});

it('learns who has received and read an own message meanwhile', async () => {
  const { server, connection, client, test } = await online();
  connection.send(joined);
  const { sent } = client.send(friends, { content: { text: 'hello, all' } });
  const { id } = await connection.next('send');
  connection.send({ t: 'sent', id, conv: 9, seq: 1, mid: 100, ts: 5_000 });
  await sent;
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const again = await server.connection();
  await again.welcome();
  again.send({ t: 'synced', position: 2 });
  const request = await again.next('request');
  expect(request).toMatchObject({ op: 'message.receipts', body: { conv: 9, seq: 1 } });
  const receipts = [
    { user: 'bob', deliveredAt: 7_000 },
    { user: 'carol', deliveredAt: 6_000, readAt: 8_000 },
  ];
  again.send({ t: 'response', id: request.id, body: { receipts } });
  await test.count('update', 2);
  expect(test.updates.at(-1)).toBe('hello, all sent→read');
  expect(await client.conversation(friends)).toMatchObject({
    peerCursor: { delivered: 1, deliveredAt: 6_000, read: 1, readAt: 8_000 },
  });
});

it('does not count who joined after a message for its status', async () => {
  const { connection, client, test } = await online();
  connection.send(joined);
  const texts = ['first', 'second'];
  for (const [index, text] of texts.entries()) {
    const { sent } = client.send(friends, { content: { text } });
    const { id } = await connection.next('send');
    connection.send({ t: 'sent', id, conv: 9, seq: index + 1, mid: index + 1, ts: startOfTime });
    await sent;
  }
  const statuses = async () => (await client.messages(friends, { limit: 9 })).map(({ status }) => status);
  const told = (...members: ReceiptsFrame['members']) =>
    connection.send({ t: 'receipts', conv: 9, members, ts: startOfTime + 1 });
  test.events.length = 0;
  told({ user: 'carol', after: 1, delivered: 2, read: 2 });
  await test.count('update', 1);
  expect(await statuses()).toEqual(['read', 'sent']);
  told({ user: 'bob', delivered: 1 });
  await test.count('update', 2);
  expect(await statuses()).toEqual(['read', 'delivered']);
  expect(test.updates).toEqual(['second sent→read', 'first sent→delivered']);
});

it('marks own messages as delivered and read by what the first member has', async () => {
  const { connection, client, test } = await online();
  connection.send(joined);
  const { sent } = client.send(friends, { content: { text: 'hello, all' } });
  const { id, gid } = await connection.next('send');
  expect(gid).toBe(1000);
  connection.send({ t: 'sent', id, conv: 9, seq: 1, mid: 77, ts: startOfTime });
  await sent;
  const members = [
    { user: 'bob', delivered: 1 },
    { user: 'carol', delivered: 1, read: 1 },
  ];
  connection.send({ t: 'receipts', conv: 9, members: members.slice(0, 1), ts: startOfTime + 1 });
  connection.send({ t: 'receipts', conv: 9, members, ts: startOfTime + 2 });
  await test.count('update', 3);
  expect(test.updates.slice(-2)).toEqual(['hello, all sent→delivered', 'hello, all delivered→read']);
});
