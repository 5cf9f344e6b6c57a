import type { ProfileInfo } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { memoryStore } from '../index.ts';
import type { ScriptedConnection } from '../testing/scripted-server.ts';
import { online } from '../testing/test-client.ts';

const bob: ProfileInfo = { user: 'bob', name: 'Bob', status: 'Hello', tag: 'one' };

async function answer(connection: ScriptedConnection, body: object) {
  const { id, op, body: asked } = await connection.next('request');
  connection.send({ t: 'response', id, body: { ...body } });
  return { op, asked };
}

it('gives what it knows at once, and asks once on each connection for all that is shown', async () => {
  const { test, server, connection, client } = await online();
  expect(await client.profiles.get(['bob'])).toEqual([]);
  expect(await client.profiles.get(['carol', 'bob'])).toEqual([]);
  test.clock.advance(100);
  expect(await answer(connection, { profiles: [bob], unknown: ['carol'] })).toEqual({
    op: 'profiles.get',
    asked: { users: [{ user: 'carol' }, { user: 'bob' }] },
  });
  await test.count('profile', 1);
  expect(await client.profiles.get(['bob'])).toEqual([bob]);
  connection.close(4000);
  await test.status('offline');
  test.clock.advance(1_000);
  const again = await server.connection();
  await again.welcome();
  await test.status('online');
  test.clock.advance(100);
  const { asked } = await answer(again, { profiles: [], unknown: [] });
  expect(asked).toEqual({ users: [{ user: 'carol' }, { user: 'bob', tag: 'one' }] });
});

it('knows profiles without a connection, with the addresses of pictures', async () => {
  const store = memoryStore();
  const { connection, client, test } = await online({ store });
  const picture = { id: '0'.repeat(32), url: '/files/0/picture?expires=1', thumbnail: Uint8Array.of(1) };
  connection.send({ t: 'profile', profile: { ...bob, picture } });
  await test.count('profile', 1);
  const shown = test.of('profile')[0]?.[0].picture;
  expect(shown?.url).toMatch(/^http:\/\/.*\/files\/0\/picture\?expires=1$/);
  await client.stop();
  expect(await client.profiles.get(['bob'])).toEqual([{ ...bob, picture: shown }]);
});

it('gives contacts access levels, on all devices', async () => {
  const { connection, client } = await online();
  const levels = async (): Promise<unknown> => {
    const { values } = (await connection.next('request')).body as { values: { value: unknown }[] };
    return values.map(({ value }) => value);
  };
  await client.contacts.setLevels('bob', [7, 2, 7]);
  expect(await levels()).toEqual([{ levels: [2, 7] }]);
  expect(await client.contacts.levels('bob')).toEqual([2, 7]);
  expect(await client.contacts.levels('carol')).toEqual([]);
  await client.contacts.add('bob');
  expect(await client.contacts.levels('bob')).toEqual([2, 7]);
  for (const wrong of [[0], [256], [1.5]]) {
    await expect(client.contacts.setLevels('bob', wrong)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
});

it('asks for an address of a picture anew before it has run out', async () => {
  const { test, server, connection, client } = await online();
  const picture = { id: '0'.repeat(32), url: '/files/0/picture' };
  connection.send({ t: 'profile', profile: { ...bob, picture } });
  await test.count('profile', 1);
  await client.stop();
  test.clock.advance(13 * 3_600_000);
  await client.start();
  const again = await server.connection();
  await again.welcome();
  await test.status('online');
  await client.profiles.get(['bob']);
  test.clock.advance(100);
  expect((await answer(again, { profiles: [], unknown: [] })).asked).toEqual({ users: [{ user: 'bob' }] });
});

it('shows the new name of a user, and that of its own', async () => {
  const { test, connection, client } = await online();
  connection.send({ t: 'conversation', conv: 7, peer: 'bob', name: 'Bob', last: 0, from: 0, read: 0 });
  await test.count('conversation', 1);
  connection.send({ t: 'profile', profile: { ...bob, name: 'Robert' } });
  await test.count('conversation', 2);
  expect(test.of('conversation').at(-1)?.[0].name).toBe('Robert');
  const changing = client.profiles.update({ name: 'Alice L.' });
  const profile = { user: client.self?.address ?? '', name: 'Alice L.', tag: 'two' };
  expect(await answer(connection, { profile })).toEqual({ op: 'profile.set', asked: { name: 'Alice L.' } });
  expect(await changing).toEqual(profile);
  expect(client.self?.name).toBe('Alice L.');
});
