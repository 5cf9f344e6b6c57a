import { type RoomStream, StoaError } from '@stoa/protocol';
import { ManualClock } from '@stoa/testkit';
import { beforeEach, expect, it } from 'vitest';
import type { ClientHost } from '../client-host.ts';
import { Rooms } from './rooms.ts';
import { FakeRoomPlatform } from './testing/fake-room-platform.ts';
import { camera, FakeRoomServer, infoWith, person } from './testing/fake-room-server.ts';

let server: FakeRoomServer;
let platform: FakeRoomPlatform;
let clock: ManualClock;
let rooms: Rooms;

beforeEach(() => {
  server = new FakeRoomServer();
  platform = new FakeRoomPlatform();
  clock = new ManualClock();
  const { events, ask } = server;
  rooms = new Rooms({
    settings: {},
    roomPlatform: platform,
    clock,
    environment: { subscribe: () => () => {} },
    host: { events, self: { address: 'alice', dev: 1 }, ask } as object as ClientHost,
  });
});

async function join() {
  const room = await rooms.join(7);
  if (room === undefined) throw new Error('it was not let in');
  return room;
}

/** What is gathered, and the steps of a negotiation. */
async function settle(): Promise<void> {
  clock.advance(60);
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}

function admit(): void {
  server.mustWait = false;
  const group = { gid: 7, permissions: 0x40 } as never;
  server.events.emit('group', { gid: 7, event: 'changed', group });
}

it('finds out what it was not told, also when it was told something after that', async () => {
  const room = await join();
  server.say({ type: 'participant', rev: 3, participant: person('carol') });
  server.room = { ...infoWith(person('alice'), person('carol'), person('dave')), rev: 3 };
  clock.advance(10_000);
  await settle();
  expect(room.participants.map(({ user }) => user)).toEqual(['alice', 'carol', 'dave']);
  clock.advance(10_000);
  await settle();
  expect(server.of('rooms.get')).toHaveLength(1);
});

it('ends a screen that the room takes no more, and goes on with the camera', async () => {
  const room = await join();
  const own = await room.publish();
  const screen = await room.publish({ source: 'screen', audio: false });
  const shown: RoomStream = { sid: 1, source: 'screen', video: 'on' };
  server.say({ type: 'participant', rev: 2, participant: person('alice', [camera, shown]) });
  server.say({ type: 'participant', rev: 3, participant: person('alice', [camera]) });
  server.say({ type: 'rights', may: ['publish', 'subscribe', 'list'] });
  expect([own.isThere, screen.isThere, room.ownStreams]).toEqual([true, false, [own]]);
  server.say({ type: 'restart', direction: 'publish' });
  await settle();
  expect(server.of('rooms.publish').at(-1)).toMatchObject({ streams: [{ sid: 0 }] });
});

it('makes one connection for all that asks for another before it is begun', async () => {
  const room = await join();
  await room.publish();
  await settle();
  for (let time = 0; time < 3; time += 1) server.say({ type: 'restart' });
  await settle();
  expect(platform.peers).toHaveLength(4);
});

it('tries again what the server could not do just then', async () => {
  const room = await join();
  await room.publish();
  await settle();
  server.refusal = new StoaError('UNAVAILABLE');
  server.say({ type: 'restart', direction: 'publish' });
  room.hearOthers(false);
  await settle();
  server.refusal = undefined;
  const before = server.asked.length;
  clock.advance(2_000);
  await settle();
  await settle();
  const again = server.asked.slice(before).map(({ op }) => op);
  expect(again).toEqual(expect.arrayContaining(['rooms.publish', 'rooms.watch']));
  expect(server.of('rooms.watch').at(-1)).toMatchObject({ others: false });
  clock.advance(60_000);
  await settle();
  expect(server.of('rooms.publish')).toHaveLength(3);
});

it('is in a room that it was let into while it was asking', async () => {
  server.mustWait = true;
  await rooms.join(7);
  server.events.emit('status', { state: 'online' } as never);
  admit();
  await settle();
  expect(rooms.all.map(({ gid }) => gid)).toEqual([7]);
});

it('is in a room that it was let into while its node could not be reached', async () => {
  server.mustWait = true;
  await rooms.join(7);
  server.refusal = new StoaError('UNAVAILABLE');
  admit();
  await settle();
  expect(rooms.waiting(7)?.status.phase).toBe('waiting');
  server.refusal = undefined;
  clock.advance(2_000);
  await settle();
  expect(rooms.all.map(({ gid }) => gid)).toEqual([7]);
});

it('hears of each of two rooms what is said while it joins them', async () => {
  server.room = { ...infoWith(person('alice')), gid: 8, session: 'second' };
  const other = rooms.join(8);
  server.room = infoWith(person('alice'));
  const joining = rooms.join(7);
  server.say({ type: 'participant', rev: 2, participant: person('carol') });
  await other;
  expect((await joining)?.participants.map(({ user }) => user)).toEqual(['alice', 'carol']);
});

it('keeps the streams of those who may come back, though not of all who have ever been there', async () => {
  const room = await join();
  const [bob] = room.streams;
  let rev = 1;
  const comes = (user: string) =>
    server.say({ type: 'participant', rev: ++rev, participant: person(user, [camera]) });
  const goes = (user: string) => server.say({ type: 'left', rev: ++rev, user, dev: 1, reason: 'left' });
  goes('bob');
  comes('bob');
  expect(room.streams[0]).toBe(bob);
  goes('bob');
  for (let index = 0; index < 100; index += 1) {
    comes(`guest-${index}`);
    goes(`guest-${index}`);
  }
  comes('bob');
  expect(room.streams).toHaveLength(1);
  expect(room.streams[0]).not.toBe(bob);
});
