import { limits } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../store/index.ts';
import { messageFrame } from '../testing/frames.ts';
import type { ScriptedConnection } from '../testing/scripted-server.ts';
import { online, scripted } from '../testing/test-client.ts';

const bob = { peer: 'bob' };
const key = 'draft:peer/bob';
const draft = (text: string) => ({ key, value: { text } });
const done = (id: number) => ({ t: 'response', id, body: {} }) as const;
const set = async (connection: ScriptedConnection) => {
  const { id, op, body } = await connection.next('request');
  expect(op).toBe('state.set');
  return { id, values: body.values };
};
const textOf = async (client: Awaited<ReturnType<typeof online>>['client']) =>
  (await client.conversation(bob))?.draft?.text;

it('keeps a draft at once, and tells the server when typing pauses', async () => {
  const { connection, test, client } = await online();
  await client.setDraft(bob, { text: 'H' });
  test.clock.advance(500);
  await client.setDraft(bob, { text: 'Hello' });
  expect(await textOf(client)).toBe('Hello');
  expect((await client.conversations()).map(({ id }) => id)).toEqual(['u:bob']);
  expect(test.of('conversation').at(-1)).toMatchObject([{ draft: { text: 'Hello' } }]);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  test.clock.advance(500);
  const { id, values } = await set(connection);
  expect(values).toEqual([draft('Hello')]);
  connection.send(done(id));

  await client.setDraft(bob, { text: '' });
  expect((await set(connection)).values).toEqual([{ key }]);
  expect(await client.conversations()).toEqual([]);
});

it('takes what another device has set or removed', async () => {
  const { connection, test, client } = await online();
  connection.send({ t: 'state', ...draft('from there') });
  await test.count('conversation', 1);
  expect(await textOf(client)).toBe('from there');
  connection.send({ t: 'state', key });
  await test.count('conversation', 2);
  expect(await textOf(client)).toBeUndefined();
  connection.send({ t: 'state', key: 'theme', value: 'dark' }, { t: 'state', key, value: ['no', 'draft'] });
  await connection.settled();
  expect(await textOf(client)).toBeUndefined();
  expect(connection.frames).toEqual([]);
});

it('tells the server after a restart what it does not know, and what was not answered again', async () => {
  const store = memoryStore();
  const offline = await scripted({ store });
  await offline.client.setDraft(bob, { text: 'written offline' });
  await offline.client.stop();
  const { server, test, client } = await scripted({ store });
  await client.start();
  const first = await server.connection();
  await first.welcome();
  expect((await set(first)).values).toEqual([draft('written offline')]);
  first.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const second = await server.connection();
  await second.welcome();
  const { id, values } = await set(second);
  expect(values).toEqual([draft('written offline')]);
  second.send(done(id));
  await second.settled();
  expect(await textOf(client)).toBe('written offline');
  expect((await store.open(() => {})).values).toEqual([draft('written offline')]);
  expect(second.frames).toEqual([]);
});

it('has the last word where a value was set here and not told yet', async () => {
  const { connection, test, client } = await online();
  await client.setDraft(bob, { text: 'mine' });
  connection.send({ t: 'state', ...draft('theirs') });
  await connection.settled();
  expect(await textOf(client)).toBe('mine');
  test.clock.advance(1_000);
  const { id } = await set(connection);
  connection.send({ t: 'state', ...draft('theirs again') }, done(id));
  await connection.settled();
  expect(await textOf(client)).toBe('mine');
  connection.send({ t: 'state', ...draft('theirs at last') });
  await connection.settled();
  expect(await textOf(client)).toBe('theirs at last');
  expect(connection.frames).toEqual([]);
});

it('goes by the positions of the server, whatever comes first', async () => {
  const { connection, test, client } = await online();
  const mine = async (text: string, position: number, ...others: [string, number][]) => {
    await client.setDraft(bob, { text });
    test.clock.advance(1_000);
    const { id } = await set(connection);
    for (const [theirs, at] of others) connection.send({ t: 'state', ...draft(theirs), position: at });
    connection.send({ t: 'response', id, body: { position } });
    await connection.settled();
    return textOf(client);
  };
  expect(await mine('one', 5, ['older', 4])).toBe('one');
  expect(await mine('two', 6, ['newer', 7])).toBe('newer');
  expect(await mine('three', 8)).toBe('three');
  connection.send({ t: 'state', ...draft('came late'), position: 7 });
  await connection.settled();
  expect(await textOf(client)).toBe('three');
  connection.send({ t: 'state', key, position: 9 }, { t: 'state', ...draft('came late'), position: 8 });
  await connection.settled();
  expect(await textOf(client)).toBeUndefined();
});

it('sends a change that was made while another one was on its way', async () => {
  const { connection, test, client } = await online();
  await client.setDraft(bob, { text: 'one' });
  test.clock.advance(1_000);
  const first = await set(connection);
  await client.setDraft(bob, { text: 'two' });
  connection.send(done(first.id));
  const second = await set(connection);
  expect(second.values).toEqual([draft('two')]);
});

it('tries again later what the server cannot take now, and gives up what it will never take', async () => {
  const { connection, test, client } = await online();
  const refuse = (id: number, code: string) =>
    connection.send({ t: 'error', of: 'request', id, code, message: 'No.', hint: '' });
  await client.block('bob');
  refuse((await set(connection)).id, 'UNAVAILABLE');
  await connection.settled();
  test.clock.advance(600);
  const { id, values } = await set(connection);
  expect(values).toEqual([{ key: 'blocked:bob', value: { messages: true } }]);
  refuse(id, 'PERMISSION_DENIED');
  await test.count('problem', 1);
  test.clock.advance(5_000);
  await connection.settled();
  expect(connection.frames.filter(({ t }) => t === 'request')).toEqual([]);
});

it('divides many and large values among requests, and keeps what is too large here', async () => {
  const { server, client } = await scripted();
  await client.setDraft({ peer: 'large' }, { text: 'x'.repeat(limits.stateBytes) });
  for (let gid = 0; gid < 12; gid++) await client.setDraft({ gid }, { text: 'x'.repeat(15_000) });
  for (let gid = 100; gid < 220; gid++) await client.markUnread({ gid });
  await client.start();
  const connection = await server.connection();
  await connection.welcome();
  const sizes: number[] = [];
  while (sizes.reduce((sum, size) => sum + size, 0) < 132) {
    const { values } = await set(connection);
    sizes.push((values as unknown[]).length);
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.statePerRequest);
  await connection.settled();
  expect(connection.frames).toEqual([]);
  expect((await client.conversation({ peer: 'large' }))?.draft?.text).toHaveLength(limits.stateBytes);
});

it('blocks and unblocks users, on every device', async () => {
  const { connection, test, client } = await online();
  connection.send(messageFrame(1));
  await test.count('message', 1);
  await client.block('bob');
  expect(client.isBlocked('bob')).toBe(true);
  expect(await client.blocked()).toEqual(['bob']);
  expect(await client.conversation(bob)).toMatchObject({ blocked: true });
  connection.send(done((await set(connection)).id));
  await connection.settled();
  connection.send(
    { t: 'state', key: 'blocked:bob' },
    { t: 'state', key: 'blocked:eve', value: { messages: true } },
  );
  await test.count('blocked', 3);
  expect(test.of('blocked')).toEqual([
    ['bob', true],
    ['bob', false],
    ['eve', true],
  ]);
  expect(test.of('conversation').at(-1)).toMatchObject([{ id: 'u:bob', blocked: false }]);
  await client.unblock('eve');
  expect(await client.blocked()).toEqual([]);
});

it('marks a conversation to come back to, until it is marked as read', async () => {
  const { connection, client } = await online();
  await client.markUnread(bob);
  expect((await set(connection)).values).toEqual([{ key: 'unread:peer/bob', value: true }]);
  connection.send(messageFrame(1));
  await connection.next('received');
  expect(await client.conversation(bob)).toMatchObject({ markedUnread: true, unread: 1 });
  await client.markRead(bob);
  expect(await client.conversation(bob)).toMatchObject({ markedUnread: false, unread: 0 });
});

it('arranges conversations, on all devices', async () => {
  const { connection, test, client } = await online();
  await client.mute(bob, 1_800_000_000_000);
  expect(await set(connection)).toMatchObject({
    values: [{ key: 'muted:u:bob', value: { until: 1_800_000_000_000 } }],
  });
  await client.setMark('archived', { gid: 7 }, true);
  expect(await set(connection)).toMatchObject({ values: [{ key: 'archived:group/7', value: true }] });
  expect(await client.conversation(bob)).toMatchObject({ mutedUntil: 1_800_000_000_000, archived: false });
  expect(await client.conversations()).toEqual([]);
  expect(await client.conversations({ unlisted: true })).toMatchObject([{ id: 'u:bob' }, { id: 'g:7' }]);
  const told = test.of('conversation').length;
  connection.send(
    { t: 'state', key: 'favourite:peer/bob', value: true, position: 5 },
    { t: 'state', key: 'muted:u:bob', position: 6 },
  );
  await test.count('conversation', told + 1);
  await connection.settled();
  expect(await client.conversations()).toMatchObject([{ id: 'u:bob', favourite: true }]);
});

it('refuses to mute until no time', async () => {
  const { client } = await online();
  await expect(client.mute(bob, Number.NaN)).rejects.toMatchObject({ code: 'BAD_FRAME' });
});

it('keeps contacts, and parts of somebody who is blocked', async () => {
  const { connection, test, client } = await online();
  await client.contacts.add('bob');
  expect((await set(connection)).values).toEqual([{ key: 'contact:bob', value: {} }]);
  connection.send({ t: 'state', key: 'contact:carol', value: {}, position: 5 });
  await test.count('contact', 2);
  expect((await client.contacts.list()).sort()).toEqual(['bob', 'carol']);
  await client.block('eve', { messages: false, calls: true });
  expect((await set(connection)).values).toEqual([
    { key: 'blocked:eve', value: { messages: false, calls: true } },
  ]);
  expect([client.isBlocked('eve'), await client.blockedParts('eve')]).toEqual([
    false,
    { messages: false, calls: true, presence: false, profile: false, groups: false },
  ]);
  await client.block('eve', { messages: true, groups: true });
  expect(await client.blockedParts('eve')).toMatchObject({ messages: true, profile: true, groups: true });
  expect(test.of('blocked')).toEqual([
    ['eve', false],
    ['eve', true],
  ]);
});

it('makes contacts of those who are users', async () => {
  const { connection, client } = await online();
  const syncing = client.contacts.sync(['bob', 'nobody', 'bob']);
  const { id, body } = await connection.next('request');
  expect(body).toEqual({ users: [{ user: 'bob' }, { user: 'nobody' }] });
  const bob = { user: 'bob', name: 'Bob', tag: '1' };
  connection.send({ t: 'response', id, body: { profiles: [bob], unknown: ['nobody'] } });
  expect(await syncing).toEqual({ found: [bob], unknown: ['nobody'] });
  expect(await client.contacts.list()).toEqual(['bob']);
});
