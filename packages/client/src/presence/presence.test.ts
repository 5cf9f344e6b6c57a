import { presenceValues } from '@stoa/protocol';
import { expect, it } from 'vitest';
import { online, scripted } from '../testing/test-client.ts';
import { Front } from './front.ts';
import { OwnPresence, type Page } from './own-presence.ts';

const bob = { peer: 'bob' };

it('watches users on every connection, each once', async () => {
  const { server, test, client } = await scripted();
  client.watch(['bob', 'carol', 'bob']);
  client.unwatch(['carol']);
  await client.start();
  const connection = await server.connection();
  await connection.welcome();
  expect(await connection.next('watch')).toEqual({ t: 'watch', peers: ['bob'], on: true });
  client.watch(['bob', 'dave']);
  expect(await connection.next('watch')).toMatchObject({ peers: ['dave'], on: true });
  client.unwatch(['bob', 'nobody']);
  expect(await connection.next('watch')).toEqual({ t: 'watch', peers: ['bob'], on: false });
  connection.terminate();
  await test.status('offline');
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  expect(await next.next('watch')).toMatchObject({ peers: ['dave'] });
});

it('asks for many users in several frames', async () => {
  const { connection, client } = await online();
  client.watch(Array.from({ length: 450 }, (_, index) => `user ${index}`));
  const sizes = [];
  while (sizes.length < 3) sizes.push((await connection.next('watch')).peers.length);
  expect(sizes).toEqual([200, 200, 50]);
});

it('knows who is online, while there is a connection', async () => {
  const { connection, test, client } = await online();
  client.watch(['bob']);
  expect(client.presenceOf('bob')).toBeUndefined();
  connection.send({ t: 'presence', from: 'bob', value: presenceValues.online });
  await test.count('presence', 1);
  expect(client.presenceOf('bob')).toEqual({ from: 'bob', value: presenceValues.online });
  // Typing is no state to be asked for.
  connection.send({ t: 'presence', from: 'bob', value: presenceValues.typing, interval: 6 });
  await test.count('presence', 2);
  expect(client.presenceOf('bob')?.value).toBe(presenceValues.online);
  connection.send({ t: 'presence', from: 'bob', value: presenceValues.offline, seen: 1_234 });
  await test.count('presence', 3);
  expect(client.presenceOf('bob')).toEqual({ from: 'bob', value: presenceValues.offline, seen: 1_234 });
  connection.terminate();
  await test.status('offline');
  expect(client.presenceOf('bob')).toBeUndefined();
});

it('tells that the user is typing once in three seconds, and anew after a message', async () => {
  const { connection, test, client } = await online();
  const typing = { t: 'presence', peer: 'bob', value: presenceValues.typing, interval: 6 };
  for (let key = 0; key < 29; key++) {
    client.sendTyping(bob);
    test.clock.advance(100);
  }
  expect(await connection.next('presence')).toEqual(typing);
  client.sendTyping({ gid: 12 });
  expect(await connection.next('presence')).toMatchObject({ gid: 12 });
  await connection.settled();
  expect(connection.frames).toEqual([]);
  test.clock.advance(100);
  client.sendTyping(bob);
  expect(await connection.next('presence')).toEqual(typing);
  client.send(bob, { content: { text: 'Hello' } });
  client.sendTyping(bob);
  expect(await connection.next('presence')).toEqual(typing);
});

it('sends values of the application, and nothing without a connection', async () => {
  const { connection, server, test, client } = await online();
  client.sendPresence(bob, 55, 10);
  expect(await connection.next('presence')).toEqual({ t: 'presence', peer: 'bob', value: 55, interval: 10 });
  client.sendPresence(bob, 56);
  expect(await connection.next('presence')).toEqual({ t: 'presence', peer: 'bob', value: 56 });
  connection.terminate();
  await test.status('offline');
  client.sendPresence(bob, 57);
  test.clock.advance(300);
  const next = await server.connection();
  await next.welcome();
  await next.settled();
  expect(next.frames).toEqual([]);
});

it('refuses names that nobody can have', async () => {
  const { client } = await scripted();
  const refusal = expect.objectContaining({ code: 'BAD_FRAME' });
  expect(() => client.watch(['bob', ''])).toThrow(refusal);
  expect(() => client.sendTyping({ peer: 'a\nb' })).toThrow(refusal);
  expect(() => client.sendPresence({ gid: -1 }, 3)).toThrow(refusal);
});

it('says whether the application is in front, on every connection', async () => {
  const { server, test, client } = await scripted();
  client.presence.setInFront(false);
  await client.start();
  const connection = await server.connection();
  expect(await connection.welcome()).toMatchObject({ front: false });
  client.presence.setInFront(true);
  expect(await connection.next('front')).toEqual({ t: 'front', on: true });
  connection.terminate();
  await test.status('offline');
  client.presence.setInFront(false);
  test.clock.advance(300);
  const next = await server.connection();
  expect(await next.welcome()).toMatchObject({ front: false });
});

it('counts as in front while one of the pages of a connection is', () => {
  const told: boolean[] = [];
  const front = new Front({
    online: true,
    send: (frame) => {
      if (frame.t === 'front') told.push(frame.on);
      return true;
    },
  });
  front.set('one', false);
  front.set('two', true);
  front.set('one', true);
  front.set('two', undefined);
  front.set('one', false);
  front.set('one', undefined);
  expect(told).toEqual([false, true, false, true]);
});

it('follows the visibility of the page, unless the application knows better', () => {
  const told: (boolean | undefined)[] = [];
  let visibilityState: Page['visibilityState'] = 'visible';
  const listeners = new Set<() => void>();
  const page: Page = {
    get visibilityState() {
      return visibilityState;
    },
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
  };
  const host = {
    setFront: (on: boolean | undefined) => told.push(on),
    ask: () => Promise.reject(new Error()),
  };
  const presence = new OwnPresence(host as ConstructorParameters<typeof OwnPresence>[0], page);
  presence.start();
  visibilityState = 'hidden';
  for (const listener of listeners) listener();
  presence.setInFront(true);
  presence.setInFront(undefined);
  presence.stop();
  expect(told).toEqual([true, false, true, false]);
  expect(listeners.size).toBe(0);
});
