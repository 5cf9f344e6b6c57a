import { type RoomNotice, type RoomStream, StoaError } from '@stoa/protocol';
import { ManualClock } from '@stoa/testkit';
import { beforeEach, expect, it } from 'vitest';
import type { ClientHost } from '../client-host.ts';
import { Rooms } from './rooms.ts';
import { type FakePeer, FakeRoomPlatform } from './testing/fake-room-platform.ts';
import { camera, FakeRoomServer, infoWith, person } from './testing/fake-room-server.ts';

let server: FakeRoomServer;
let platform: FakeRoomPlatform;
let clock: ManualClock;
let rooms: Rooms;

beforeEach(() => {
  server = new FakeRoomServer();
  platform = new FakeRoomPlatform();
  clock = new ManualClock();
  rooms = new Rooms({
    settings: {},
    roomPlatform: platform,
    clock,
    environment: { subscribe: () => () => {} },
    host: {
      events: server.events,
      self: { address: 'alice', dev: 1 },
      ask: server.ask,
    } as object as ClientHost,
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

function peer(index: number): FakePeer {
  const found = platform.peers[index];
  if (found === undefined) throw new Error(`there is no connection ${index}`);
  return found;
}

const element = () => ({ srcObject: null, autoplay: false }) as object as HTMLMediaElement;
const slotsOfBob: RoomNotice = {
  type: 'slots',
  slots: [
    { mid: 'a0', of: { user: 'bob', dev: 1, sid: 0 } },
    { mid: 'v0', of: { user: 'bob', dev: 1, sid: 0 } },
  ],
};

it('shows a stream as one object, whose tracks follow the m-lines', async () => {
  const room = await join();
  const [bob] = room.streams;
  await settle();
  server.say(slotsOfBob);
  expect(bob?.mediaStream.getTracks().map(({ kind }) => kind)).toEqual(['audio', 'video']);
  server.say({ type: 'slots', slots: [{ mid: 'a0' }, { mid: 'v0' }] });
  expect(bob?.mediaStream.getTracks()).toEqual([]);
  server.say({ type: 'participant', rev: 2, participant: person('bob') });
  expect(room.streams).toEqual([]);
  server.say({ type: 'participant', rev: 3, participant: person('bob', [camera]) });
  expect(room.streams[0]).toBe(bob);
});

it('says of a picture that the way to this device does not take it, and not of one that is muted', async () => {
  const room = await join();
  const [stream] = room.streams;
  const told: unknown[] = [];
  room.on('streamChanged', ({ paused }) => told.push(paused));
  await settle();
  server.say(slotsOfBob);
  const isPaused = { mid: 'v0', of: { user: 'bob', dev: 1, sid: 0 }, paused: 'bandwidth' } as const;
  server.say({ type: 'slots', slots: [isPaused] });
  expect([stream?.paused, stream?.mediaStream.getTracks().length]).toEqual(['bandwidth', 1]);
  const muted: RoomStream = { ...camera, video: 'muted' };
  server.say({ type: 'participant', rev: 2, participant: person('bob', [muted]) });
  expect(stream?.paused).toBeUndefined();
  server.say({ type: 'participant', rev: 3, participant: person('bob', [camera]) });
  server.say(slotsOfBob);
  expect(told).toEqual([undefined, 'bandwidth', undefined, 'bandwidth', undefined]);
});

it('comes back with the newest pass that it was given, and knows how many there are', async () => {
  server.room = { ...infoWith(person('alice'), person('bob', [camera])), may: ['subscribe'], count: 1_000 };
  const room = await join();
  const told: number[] = [];
  room.on('count', (count) => told.push(count));
  expect([room.count, room.viewerCount]).toEqual([1_000, 999]);
  await settle();
  clock.advance(10_000);
  await settle();
  server.say({ type: 'count', count: 1_999 });
  expect([room.count, room.viewerCount, told]).toEqual([1_999, 1_998, [2_000, 1_999]]);
  server.say({ type: 'moved' });
  await settle();
  expect(server.asked.filter(({ op }) => op === 'rooms.join').map(({ body }) => body)).toEqual([
    { gid: 7 },
    { gid: 7, pass: 'second pass' },
  ]);
});

it('asks for pictures in the size in which they are seen, and for sound by itself', async () => {
  const room = await join();
  await settle();
  expect(server.of('rooms.watch').at(-1)).toEqual({ gid: 7, streams: [], others: true });
  const video = element();
  const detach = room.streams[0]?.attach(video);
  platform.heights.get(video)?.(360);
  await settle();
  const wish = { user: 'bob', dev: 1, sid: 0, audio: true, video: true };
  expect(server.of('rooms.watch').at(-1)).toEqual({
    gid: 7,
    streams: [{ ...wish, height: 360 }],
    others: true,
  });
  platform.heights.get(video)?.(0);
  await settle();
  expect(server.of('rooms.watch').at(-1)).toMatchObject({ streams: [{ ...wish, height: 0 }] });
  detach?.();
  room.streams[0]?.subscribe({ audio: false, video: false });
  await settle();
  expect(server.of('rooms.watch').at(-1)).toMatchObject({ streams: [{ audio: false, video: false }] });
});

it('takes more m-lines without another connection', async () => {
  await join();
  await settle();
  server.say({ type: 'offer', version: 2, sdp: 'a0 v0 v1' });
  await settle();
  expect(platform.peers).toHaveLength(1);
  expect(server.of('rooms.answer')).toMatchObject([{ version: 1 }, { version: 2 }]);
});

it('answers an offer again whose answer did not arrive', async () => {
  const room = await join();
  await settle();
  const { promise, reject } = Promise.withResolvers<void>();
  server.beforeAnswer = promise;
  server.offer = { version: 2, sdp: 'a0 v0 v1' };
  room.hearOthers(false);
  await settle();
  reject(new StoaError('UNAVAILABLE'));
  await settle();
  server.beforeAnswer = undefined;
  room.hearOthers(true);
  await settle();
  room.hearOthers(false);
  await settle();
  expect(server.of('rooms.answer')).toMatchObject([{ version: 1 }, { version: 2 }, { version: 2 }]);
  expect(platform.peers).toHaveLength(1);
});

it('tells the browser where the server is when the server has taken the answer', async () => {
  const candidate = 'candidate:1 1 UDP 2114977791 192.0.2.7 40000 typ host';
  const offer = `a0 v0\r\nm=audio 9\r\na=${candidate}\r\n`;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.firstOffer = { version: 1, sdp: offer };
  server.beforeAnswer = promise;
  await join();
  await settle();
  expect(server.of('rooms.answer')).toHaveLength(1);
  expect([peer(0).remote, peer(0).candidates]).toEqual([[offer.replace(`a=${candidate}\r\n`, '')], []]);
  resolve();
  await settle();
  expect(peer(0).candidates).toEqual([{ candidate, sdpMLineIndex: 0 }]);
  server.say({ type: 'offer', version: 2, sdp: offer });
  await settle();
  expect(peer(0).remote.at(-1)).toBe(offer);
});

it('tells it, too, when the answer that was taken is that to a newer offer', async () => {
  const candidate = 'candidate:1 1 UDP 2114977791 192.0.2.7 40000 typ host';
  const offer = `a0 v0\r\nm=audio 9\r\na=${candidate}\r\n`;
  const { promise, reject } = Promise.withResolvers<void>();
  server.firstOffer = { version: 1, sdp: offer };
  server.beforeAnswer = promise;
  await join();
  await settle();
  server.say({ type: 'offer', version: 2, sdp: offer });
  server.beforeAnswer = undefined;
  reject(new StoaError('CONFLICT'));
  await settle();
  expect(server.of('rooms.answer')).toMatchObject([{ version: 1 }, { version: 2 }]);
  expect(peer(0).remote.join('')).not.toContain('candidate:');
  expect(peer(0).candidates).toEqual([{ candidate, sdpMLineIndex: 0 }]);
});

it('takes no offer that is older than one it has taken', async () => {
  const room = await join();
  await settle();
  server.offer = { version: 3, sdp: 'a0 v0 v1 v2' };
  room.hearOthers(false);
  await settle();
  server.say({ type: 'offer', version: 2, sdp: 'a0 v0 v1' });
  server.say({ type: 'offer', version: 3, sdp: 'a0 v0 v1 v2' });
  await settle();
  expect(peer(0).remote).toEqual(['a0 v0', 'a0 v0 v1 v2']);
});

it('publishes in layers, turns off what nobody takes, and mutes', async () => {
  const room = await join();
  const own = await room.publish();
  expect(server.of('rooms.publish')).toMatchObject([
    { gid: 7, streams: [{ sid: 0, source: 'camera', audio: '0', video: '1' }] },
  ]);
  const [, line] = peer(0).lines;
  server.say({ type: 'encodings', mid: '1', encodings: [{ rid: 'f', active: false }] });
  expect(line?.sender.encodings.map(({ rid, active }) => [rid, active])).toEqual([
    ['q', true],
    ['h', true],
    ['f', false],
  ]);
  await own.mute({ audio: true });
  expect(own.track('audio')?.enabled).toBe(false);
  expect(server.of('rooms.mute')).toEqual([{ gid: 7, sid: 0, audio: true }]);
  const locked: RoomStream = { ...camera, audio: 'locked' };
  server.say({ type: 'participant', rev: 2, participant: person('alice', [locked]) });
  await expect(own.mute({ audio: false })).rejects.toThrow('Only who controls');
  const screen = await room.publish({ source: 'screen', audio: false });
  expect(screen.sid).toBe(1);
  await screen.stop();
  expect(server.of('rooms.publish').at(-1)).toMatchObject({ streams: [{ sid: 0 }] });
});

it('takes another camera when that which is used is pulled out, and any that comes when there is none', async () => {
  platform.plug('built in', 'external');
  const room = await join();
  const own = await room.publish();
  const problems: string[] = [];
  room.on('problem', ({ code }) => problems.push(code));
  const sent = () => peer(0).lines[1]?.sender.track?.deviceId;
  await own.useCamera('external');
  await settle();
  expect(sent()).toBe('external');
  platform.plug('built in');
  await settle();
  expect([sent(), own.track('video')?.getSettings().deviceId]).toEqual(['built in', 'built in']);
  platform.plug();
  await settle();
  expect([sent(), own.track('video'), problems]).toEqual([undefined, undefined, ['NOT_FOUND']]);
  expect(server.of('rooms.mute')).toEqual([{ gid: 7, sid: 0, video: true }]);
  platform.plug('external');
  await settle();
  expect([sent(), problems.length, platform.peers.length]).toEqual(['external', 1, 2]);
  expect(server.of('rooms.mute').at(-1)).toEqual({ gid: 7, sid: 0, video: false });
  // A source of the application is its own business.
  own.replaceTrack('video', undefined);
  platform.plug('external', 'built in');
  await settle();
  expect(sent()).toBeUndefined();
});

it('makes pictures no larger than the room takes, also those of another camera', async () => {
  server.room = { ...server.room, limits: { ...server.room.limits, height: 360 } };
  const room = await join();
  const own = await room.publish();
  await settle();
  const sender = peer(0).lines[1]?.sender;
  const scales = () => sender?.encodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
  expect(scales()).toEqual([4, 2]);
  platform.pictureHeight = 1080;
  await own.useCamera('built in');
  await settle();
  expect(scales()).toEqual([6, 3]);
  platform.pictureHeight = 240;
  await own.useCamera('built in');
  await settle();
  expect(scales()).toEqual([2, 1]);
});

it('replaces connections that are lost, and keeps the streams', async () => {
  const room = await join();
  await room.publish();
  await settle();
  const bob = room.streams[0];
  server.say(slotsOfBob);
  const [publishing, viewing] = [peer(0), peer(1)];
  publishing.becomes('failed');
  viewing.becomes('disconnected');
  clock.advance(3_000);
  await settle();
  expect([publishing.closed, viewing.closed, platform.peers.length]).toEqual([true, true, 4]);
  expect(room.streams[0]).toBe(bob);
  expect(bob?.mediaStream.getTracks()).toHaveLength(2);
  server.say({ type: 'restart' });
  await settle();
  expect(platform.peers).toHaveLength(6);
  server.say({ type: 'restart', direction: 'view' });
  await settle();
  expect([platform.peers.length, peer(4).closed, peer(5).closed]).toEqual([7, false, true]);
});

it('joins again on the next connection, and sets all up anew in a room that has begun anew', async () => {
  const room = await join();
  await room.publish();
  await settle();
  peer(0).becomes('connected');
  peer(1).becomes('connected');
  server.events.emit('status', { state: 'offline', retryAt: 0 } as never);
  expect(room.status.phase).toBe('reconnecting');
  server.events.emit('status', { state: 'online' } as never);
  await settle();
  expect([room.status.phase, platform.peers.length]).toEqual(['joined', 2]);
  server.room = { ...server.room, session: 'second' };
  server.refusal = new StoaError('NOT_IN_ROOM');
  clock.advance(10_000);
  server.refusal = undefined;
  await settle();
  await settle();
  expect(room.session).toBe('second');
  expect(platform.peers).toHaveLength(4);
});

it('tells how good the way is, and whether media flows on it', async () => {
  const room = await join();
  await room.publish();
  await settle();
  const told: string[] = [];
  room.on('quality', (direction, ...quality) => told.push(`${direction} ${quality.join(' for ')}`));
  room.on('media', (direction, isUp) => told.push(`${direction} ${isUp}`));
  peer(0).becomes('connected');
  server.say({ type: 'quality', direction: 'publish', quality: 'poor', reason: 'loss' });
  peer(1).becomes('disconnected');
  peer(1).becomes('connected');
  expect(told.splice(0)).toEqual([
    'publish true',
    'publish poor for loss',
    'view false',
    'view poor for connection',
    'view true',
    'view good for none',
  ]);
  // It is as poor as before when it is up again: the server says nothing, since nothing has changed.
  peer(0).becomes('disconnected');
  peer(0).becomes('connected');
  expect(room.quality.publish).toEqual({ quality: 'poor', reason: 'loss' });
  server.say({ type: 'restart' });
  expect(room.quality.publish).toEqual({ quality: 'good', reason: 'none' });
  expect(Object.keys(await room.stats())).toEqual(['publish', 'view']);
});

it('says what holds the own pictures back, once that has lasted', async () => {
  const room = await join();
  await room.publish();
  await settle();
  const told: unknown[] = [];
  room.on('quality', (...quality) => told.push(quality));
  const looks = async () => {
    clock.advance(5_000);
    await settle();
  };
  peer(0).stats = [{ type: 'outbound-rtp', kind: 'video', qualityLimitationReason: 'bandwidth' }];
  await looks();
  expect(told).toEqual([]);
  await looks();
  peer(0).stats = [{ type: 'remote-inbound-rtp', roundTripTime: 0.9 }];
  await looks();
  await looks();
  server.say({ type: 'quality', direction: 'publish', quality: 'poor', reason: 'loss' });
  peer(0).stats = [];
  await looks();
  await looks();
  expect(told).toEqual([
    ['publish', 'fair', 'bandwidth'],
    ['publish', 'poor', 'delay'],
    ['publish', 'poor', 'loss'],
  ]);
});

it('finds out what it was not told', async () => {
  const room = await join();
  server.room = { ...infoWith(person('alice')), rev: 5 };
  clock.advance(10_000);
  await settle();
  expect(room.participants.map(({ user }) => user)).toEqual(['alice']);
  expect(server.of('rooms.get')).toHaveLength(1);
});

it('stops what it may not publish any more, and ends when the server says so', async () => {
  const room = await join();
  const own = await room.publish();
  server.say({ type: 'rights', may: ['subscribe'] });
  expect([own.isThere, platform.tracks.every(({ stopped }) => stopped)]).toEqual([false, true]);
  await expect(room.publish()).rejects.toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
  server.say({ type: 'ended', reason: 'removed' });
  expect(room.status).toEqual({ phase: 'ended', reason: 'removed' });
  expect(rooms.all).toEqual([]);
  expect(platform.peers.every(({ closed }) => closed)).toBe(true);
});

it('waits in front of a room, and is in it when somebody lets the user in', async () => {
  server.mustWait = true;
  expect(await rooms.join(7)).toBeUndefined();
  const waiting = rooms.waiting(7);
  const heard: string[] = [];
  waiting?.on('status', ({ phase }) => heard.push(phase));
  // It is not yet he who is meant.
  server.events.emit('group', { gid: 8, event: 'joined' });
  server.events.emit('group', { gid: 7, event: 'changed', group: groupWith(0x1f) });
  await settle();
  expect(server.of('rooms.join')).toHaveLength(1);
  server.mustWait = false;
  server.events.emit('group', { gid: 7, event: 'changed', group: groupWith(0x5f) });
  await settle();
  expect([heard, waiting?.status]).toEqual([['admitted'], { phase: 'admitted', room: rooms.all[0] }]);
  expect(rooms.waiting(7)).toBeUndefined();
});

it('asks again on the next connection while it waits, and hears that it is denied', async () => {
  server.mustWait = true;
  await rooms.join(7);
  const waiting = rooms.waiting(7);
  server.events.emit('status', { state: 'online', self: { uid: 1, address: 'alice', name: '', dev: 1 } });
  await settle();
  expect([server.of('rooms.join').length, waiting?.status.phase]).toEqual([2, 'waiting']);
  server.events.emit('group', { gid: 7, event: 'denied' });
  expect(waiting?.status).toEqual({ phase: 'over', reason: 'denied' });
  await rooms.join(7);
  await rooms.waiting(7)?.leave();
  expect(server.of('rooms.leave')).toHaveLength(1);
});

it('shows who waits to those who let in, and lets in all of them', async () => {
  const queue = rooms.queue(7);
  await settle();
  expect(queue.entries).toEqual([]);
  server.requests = [{ user: 'bob', name: 'Bob', askedAt: 1 }];
  server.events.emit('group', { gid: 7, event: 'requests', users: ['bob'] });
  await settle();
  expect(queue.entries).toEqual(server.requests);
  await queue.admitAll();
  expect(server.of('groups.requests.answer')).toEqual([{ gid: 7, users: ['bob'], accept: true }]);
  queue.close();
  const asked = server.of('groups.requests.list').length;
  server.events.emit('group', { gid: 7, event: 'requests', users: ['bob'] });
  expect(server.of('groups.requests.list')).toHaveLength(asked);
});

function groupWith(permissions: number) {
  return { gid: 7, conv: 1, name: '', flags: 0, createdAt: 0, members: 2, permissions };
}

it('joins again when the room is moved, until it is let in, and sets all up anew there', async () => {
  const room = await join();
  await room.publish();
  await settle();
  const bob = room.streams[0];
  server.refusal = new StoaError('UNAVAILABLE');
  server.say({ type: 'moved' });
  await settle();
  expect(room.status.phase).toBe('reconnecting');
  server.room = { ...server.room, session: 'second' };
  server.refusal = undefined;
  clock.advance(1_000);
  await settle();
  await settle();
  expect([room.status.phase, room.session]).toEqual(['joined', 'second']);
  expect(server.of('rooms.join')).toHaveLength(3);
  expect([platform.peers.length, room.streams[0] === bob]).toEqual([4, true]);
  // What the node before says counts no more.
  server.say({ type: 'moved' });
  await settle();
  expect(server.of('rooms.join')).toHaveLength(3);
});
