import { LocalEngine } from '@stoa/media';
import { TestPublisher, TestViewer, withOtherCertificate } from '@stoa/media/testing';
import { adminFlags, groupFlags, memberFlags, type OperationRequest } from '@stoa/protocol';
import { startTestNode, type TestNode, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoomDevice } from './testing/room-device.ts';

let node: TestNode;
let engine: LocalEngine;
let users = 0;

/** On a busy machine. */
const patience = { timeout: 30_000 };

beforeAll(async () => {
  engine = new LocalEngine({ bindAddress: '127.0.0.1' });
  const env = { STOA_ROOM_GRACE_SECONDS: '4', STOA_ROOM_CODECS: 'opus,VP8' };
  node = await startTestNode({ media: engine, env });
});
afterAll(() => node.close());

/** Alice owns the group; the others are members of it. */
async function setUp(names: readonly string[], settings: object = {}) {
  users += 1;
  const owner = await node.addUser(`alice-${users}`);
  const others = await Promise.all(names.map((name) => node.addUser(`${name}-${users}`)));
  const alice = await RoomDevice.open(node, owner, 0);
  const members = others.map(({ address }) => address);
  const { group } = await alice.ask('groups.create', { name: 'Band', members, ...settings });
  const devices = await Promise.all(others.map((user) => RoomDevice.open(node, user, group.gid)));
  const first = await RoomDevice.open(node, owner, group.gid);
  await alice.close();
  const close = async () => {
    for (const device of [first, ...devices]) await device.close();
  };
  return { gid: group.gid, alice: first, devices, close };
}

function one<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('there is none');
  return first;
}

/** Packets that the server has taken of what a device publishes, and refused. */
async function packetsOf(gid: number, device: RoomDevice) {
  const { room } = await device.ask('rooms.get', { gid });
  const uid = device.user.uid;
  const id = `${gid}-${room?.session}-1`;
  const { participants } = await engine.statistics(id);
  const streams = participants.find(({ participant }) => participant.startsWith(`${uid}.`))?.publishing
    ?.streams;
  const taken = streams?.flatMap(({ layers }) => layers).reduce((sum, { packets }) => sum + packets, 0) ?? 0;
  return { taken, refused: streams?.reduce((sum, { refused }) => sum + refused, 0) ?? 0 };
}

async function put(path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${testAppToken}`, 'content-type': 'application/json' };
  const answer = await fetch(`${node.url}/v1${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
}

describe('a room', () => {
  it('is for whom the rules of the app let into it, and a change of them counts at once', async () => {
    const { gid, alice, devices, close } = await setUp(['bob']);
    const bob = one(devices);
    const allow = (conf: object) => put('/access/7', { rules: { conf } });
    await allow({ start: false });
    await put(`/users/${bob.address}/access`, { policy: 7 });
    expect(await bob.refused('rooms.join', { gid })).toBe('PERMISSION_DENIED');
    await alice.join();
    expect(await bob.join()).toMatchObject({ may: ['publish', 'subscribe', 'list'] });
    const publish = (streams: OperationRequest<'rooms.publish'>['streams']) =>
      bob.refused('rooms.publish', { gid, streams });
    await allow({ video: false, screen: false });
    expect(await publish([{ sid: 0, source: 'camera', video: '0' }])).toBe('PERMISSION_DENIED');
    expect(await publish([{ sid: 1, source: 'screen', video: '0' }])).toBe('PERMISSION_DENIED');
    // It has no offer: the rules do not mind.
    expect(await publish([{ sid: 0, source: 'camera', audio: '0' }])).toBe('BAD_REQUEST');
    await allow({ audio: false, video: false, screen: false });
    expect(await bob.told('rights')).toMatchObject({ may: ['subscribe', 'list'] });
    await allow({ join: false });
    expect(await bob.told('ended')).toMatchObject({ reason: 'rights' });
    expect(await bob.refused('rooms.join', { gid })).toBe('PERMISSION_DENIED');
    await allow({});
    expect(await bob.join()).toMatchObject({ count: 2 });
    await close();
  });

  it('forwards what its participants publish to those who watch, and tells where it is', async () => {
    const { alice, devices, close } = await setUp(['bob']);
    const bob = one(devices);
    expect(await alice.join()).toMatchObject({
      may: ['publish', 'subscribe', 'list', 'control', 'hangup', 'admit', 'record'],
      count: 1,
    });
    expect(await bob.told('started')).toMatchObject({ by: alice.address });
    expect(await bob.join()).toMatchObject({ may: ['publish', 'subscribe', 'list'], count: 2 });
    await alice.publish();
    await bob.told('participant', ({ participant }) => participant.streams.length === 1);
    const viewer = await bob.watch(alice);
    const { slots } = await bob.told(
      'slots',
      (event) => event.slots.filter(({ of }) => of !== undefined).length === 2,
    );
    const shown = slots.filter(({ of }) => of?.user === alice.address).map(({ mid }) => mid);
    expect(shown).toEqual(['a0', 'v0']);
    await expect
      .poll(() => [viewer.sees('a0', '0-audio'), viewer.sees('v0', '0-video')], patience)
      .toEqual([true, true]);
    const { speakers } = await bob.told('speakers', (event) => event.speakers.length > 0);
    expect(one(speakers)).toEqual({ user: alice.address, dev: expect.any(Number), sid: 0 });
    const metrics = await (await fetch(`${node.url}/metrics`)).text();
    for (const name of ['packets_total{worker="0",direction="out"}', 'streams{worker="0"}']) {
      const [, value] = metrics.split(`\nstoa_media_${name} `);
      expect(Number.parseInt(value ?? '', 10)).toBeGreaterThan(0);
    }
    await close();
  });

  it('stops the packets of a member who loses the right to publish, at the server', async () => {
    const { gid, alice, devices, close } = await setUp(['bob'], {
      flags: groupFlags.publishBySelected,
      permissions: 0x1f,
    });
    const bob = one(devices);
    await alice.join();
    await bob.join();
    const publisher = await bob.publish();
    const viewer = await alice.watch(bob);
    await expect.poll(() => viewer.sees('v0', '0-video'), patience).toBe(true);
    const permissions = 0x1f & ~memberFlags.publish;
    await alice.ask('groups.members.update', { gid, users: [bob.address], permissions });
    expect(await bob.told('rights')).toMatchObject({ may: ['subscribe', 'list'] });
    await alice.told('participant', ({ participant: { user, streams } }) => {
      return user === bob.address && streams.length === 0;
    });
    const sendMore = async (): Promise<void> => {
      const enough = publisher.sent + 50;
      await expect.poll(() => publisher.sent, patience).toBeGreaterThan(enough);
    };
    // What was on its way to her arrives meanwhile.
    await sendMore();
    const before = viewer.received.length;
    await sendMore();
    expect(await packetsOf(gid, bob)).toEqual({ taken: 0, refused: 0 });
    expect(viewer.received.length).toBe(before);
    const again = {
      gid,
      sdp: publisher.offer.sdp,
      streams: [{ sid: 0, source: 'camera', audio: '0', video: '1' }],
    } as const;
    expect(await bob.refused('rooms.publish', { ...again, streams: [...again.streams] })).toBe(
      'PERMISSION_DENIED',
    );
    await close();
  });

  it('lets a viewer of a webinar publish when he is promoted, and stops him when he is demoted', async () => {
    const { gid, alice, devices, close } = await setUp(['bob', 'carol'], { kind: 'webinar' });
    const [bob, carol] = devices as [RoomDevice, RoomDevice];
    await alice.join();
    expect(await bob.join()).toMatchObject({ may: ['subscribe'] });
    expect((await carol.join()).participants).toHaveLength(1);
    await alice.ask('groups.members.update', { gid, users: [bob.address], grant: memberFlags.publish });
    expect(await bob.told('rights')).toMatchObject({ may: ['publish', 'subscribe'] });
    await bob.publish();
    await carol.told('participant', ({ participant: { user, streams } }) => {
      return user === bob.address && streams.length === 1;
    });
    const viewer = await carol.watch(bob);
    await expect.poll(() => viewer.sees('v0', '0-video'), patience).toBe(true);
    await alice.ask('groups.members.update', { gid, users: [bob.address], revoke: memberFlags.publish });
    await carol.told('left', ({ user }) => user === bob.address);
    expect(await packetsOf(gid, bob)).toEqual({ taken: 0, refused: 0 });
    await close();
  });

  it('drops what an administrator has muted, until he lets it be unmuted', async () => {
    const { gid, alice, devices, close } = await setUp(['bob']);
    const bob = one(devices);
    await alice.join();
    await bob.join();
    await bob.publish();
    await expect.poll(async () => (await packetsOf(gid, bob)).taken, patience).toBeGreaterThan(0);
    const who = [{ user: bob.address }];
    const mute = { gid, action: 'mute', who, audio: true, video: true, lock: true } as const;
    await alice.ask('rooms.control', { ...mute, who: [...who] });
    await expect.poll(async () => (await packetsOf(gid, bob)).refused, patience).toBeGreaterThan(0);
    const { taken } = await packetsOf(gid, bob);
    expect(await bob.refused('rooms.mute', { gid, sid: 0, audio: false })).toBe('PERMISSION_DENIED');
    await expect.poll(async () => (await packetsOf(gid, bob)).refused, patience).toBeGreaterThan(20);
    expect((await packetsOf(gid, bob)).taken).toBe(taken);
    await alice.ask('rooms.control', { ...mute, who: [...who], on: false });
    expect((await bob.told('ask')).ask).toEqual({ what: 'unmute', audio: true, video: true });
    await bob.ask('rooms.mute', { gid, sid: 0, audio: false, video: false });
    await expect.poll(async () => (await packetsOf(gid, bob)).taken, patience).toBeGreaterThan(taken);
    expect(await bob.refused('rooms.control', { gid, action: 'hangup' })).toBe('PERMISSION_DENIED');
    await alice.ask('rooms.control', { gid, action: 'hangup' });
    expect(await bob.told('ended')).toEqual({ type: 'ended', reason: 'ended' });
    await close();
  });

  it('keeps a device that comes back, and lets one go that does not', async () => {
    const { gid, alice, devices, close } = await setUp(['bob', 'carol']);
    const [bob, carol] = devices as [RoomDevice, RoomDevice];
    const { session } = await alice.join();
    await bob.join();
    await carol.join();
    await bob.publish();
    await alice.publish();
    await bob.watch(alice);
    const shown = ({ slots }: { slots: readonly { of?: object }[] }) => slots.some(({ of }) => of);
    await bob.told('slots', shown);
    const [first, second] = [bob.address, carol.address];
    const isAway = (user: string) =>
      alice.told('participant', ({ participant }) => participant.user === user && participant.away);
    const { token } = await node.addUser(bob.address);
    await bob.socket.close();
    await isAway(first);
    const back = await RoomDevice.open(node, { ...bob.user, token }, gid, bob.device);
    const room = await back.join();
    // With which it is not signed in any more.
    await node.backend('deltoken', { user: { token: bob.user.token } });
    expect(room.session).toBe(session);
    await back.told('slots', shown);
    expect(room.participants.find(({ user }) => user === first)).toMatchObject({
      away: false,
      streams: [{ sid: 0 }],
    });
    await carol.socket.close();
    await isAway(second);
    expect(await alice.told('left')).toMatchObject({ user: second, reason: 'lost' });
    expect(await back.ask('rooms.alive', { gid, session })).toMatchObject({ rev: expect.any(Number) });
    await node.backend('deltoken', { user: { token } });
    expect(await alice.told('left')).toMatchObject({ user: first, reason: 'signedOut' });
    await back.close();
    await close();
  });

  it('shows and gives nobody more than his rights', async () => {
    const open = groupFlags.subscribeByAnyone | groupFlags.publishBySelected | groupFlags.listBySelected;
    const { gid, alice, devices, close } = await setUp(['bob'], {
      flags: open,
      permissions: memberFlags.send,
    });
    const bob = one(devices);
    const stranger = await RoomDevice.open(node, await node.addUser(`dave-${users}`), gid);
    await alice.join();
    expect(await stranger.join()).toMatchObject({
      may: ['subscribe'],
      participants: [{ user: stranger.address }],
    });
    expect((await bob.join()).participants.map(({ user }) => user)).toEqual([bob.address]);
    // They do not see each other, but how many there are.
    await stranger.told('count', ({ count }) => count === 3);
    await alice.publish();
    await stranger.told('participant', ({ participant }) => participant.user === alice.address);
    const viewer = await stranger.watch(alice);
    await expect.poll(() => viewer.sees('v0', '0-video'), patience).toBe(true);
    expect(
      await stranger.refused('rooms.publish', {
        gid,
        sdp: 'v=0\r\n',
        streams: [{ sid: 0, source: 'camera', audio: '0' }],
      }),
    ).toBe('PERMISSION_DENIED');
    await stranger.close();
    await close();
  });

  it('is closed to who is no member, and opens by PIN or to whom is let in', async () => {
    const { gid, alice, close } = await setUp([], { flags: groupFlags.joinByRequest });
    const dave = await RoomDevice.open(node, await node.addUser(`dave-${users}`), gid);
    const erin = await RoomDevice.open(node, await node.addUser(`erin-${users}`), gid);
    await alice.join();
    expect(await dave.refused('rooms.get', { gid })).toBe('PERMISSION_DENIED');
    expect(await dave.ask('rooms.join', { gid })).toEqual({ joined: false });
    await alice.ask('groups.requests.answer', { gid, users: [dave.address], accept: true });
    await dave.socket.next('group', ({ event }) => event === 'joined');
    expect((await dave.join()).count).toBe(2);
    const { pin } = await alice.ask('groups.pins.add', { gid });
    expect(await erin.refused('rooms.join', { gid, pin: pin.pin + 1 })).toBe('WRONG_PIN');
    expect((await erin.join(pin.pin)).count).toBe(3);
    await alice.ask('groups.members.remove', { gid, users: [dave.address] });
    expect(await dave.told('ended')).toEqual({ type: 'ended', reason: 'rights' });
    await alice.ask('groups.delete', { gid });
    expect(await erin.told('ended')).toEqual({ type: 'ended', reason: 'rights' });
    await dave.close();
    await erin.close();
    await close();
  });

  it('lets one device be in several, and ends with the last who leaves', async () => {
    const { gid, alice, devices, close } = await setUp(['bob']);
    const bob = one(devices);
    const { group } = await bob.ask('groups.create', { name: 'Other' });
    const { session } = await bob.join();
    await bob.publish();
    const other = bob.in(group.gid);
    await other.join();
    await other.publish();
    expect((await bob.ask('rooms.get', { gid })).room?.session).toBe(session);
    await other.ask('rooms.leave', { gid: group.gid });
    expect(await other.ask('rooms.get', { gid: group.gid })).toEqual({});
    await other.ask('rooms.leave', { gid });
    await alice.told('over');
    expect((await alice.join()).session).not.toBe(session);
    await other.close();
    await close();
  });

  it('ends for a user who is signed out everywhere', async () => {
    const { alice, devices, close } = await setUp(['bob']);
    const bob = one(devices);
    await alice.join();
    await bob.join();
    await node.backend('userset', { user: { uid: bob.user.uid, active: 0 } });
    expect(await alice.told('left')).toMatchObject({ user: bob.address, reason: 'signedOut' });
    await close();
  });

  it('takes no cameras where the group wants none, and no other codecs than it may', async () => {
    const { gid, alice, close } = await setUp([], { callFlags: 0x1 | 0x2, videoResolution: 3 });
    const room = await alice.join();
    const codecs = ['opus', 'VP8'];
    expect(room.limits).toMatchObject({ audio: true, video: false, screen: false, height: 720, codecs });
    const streams = [{ sid: 0, source: 'camera' as const, audio: '0', video: '1' }];
    expect(await alice.refused('rooms.publish', { gid, sdp: 'v=0\r\n', streams })).toBe('PERMISSION_DENIED');
    const audio = [{ sid: 0, source: 'camera' as const, audio: '0' }];
    const publisher = await TestPublisher.open([{ mid: '0', kind: 'microphone', name: '0-audio' }]);
    const { offer } = publisher;
    const sdp = `${offer.sdp}a=rtpmap:102 H264/90000\r\n`;
    expect(await alice.refused('rooms.publish', { gid, sdp, streams: audio })).toBe('BAD_REQUEST');
    expect((await alice.ask('rooms.get', { gid })).room?.participants[0]?.streams).toEqual([]);
    expect(await alice.refused('rooms.publish', { gid, sdp: offer.sdp, streams: audio })).toBeUndefined();
    const malformed = await alice.refused('rooms.publish', {
      gid,
      sdp: 'v=0\r\nnonsense',
      streams: audio,
    });
    expect(malformed).toBe('BAD_REQUEST');
    expect(await alice.refused('rooms.mute', { gid, sid: 9, audio: true })).toBe('NOT_FOUND');
    expect(await alice.refused('rooms.leave', { gid: gid + 10_000 })).toBeUndefined();
    expect(await alice.refused('rooms.hand', { gid: gid + 10_000, raised: true })).toBe('NOT_IN_ROOM');
    publisher.close();
    await close();
  });

  it('sends nobody larger pictures than the group wants, from the moment it says so', async () => {
    const { gid, alice, devices, close } = await setUp(['bob'], { videoResolution: 10 });
    const bob = one(devices);
    await alice.join();
    expect((await bob.join()).limits.height).toBe(360);
    // Of 640 × 360 pixels.
    await bob.publish();
    const viewer = await alice.watch(bob);
    await expect.poll(() => viewer.sees('v0', '0-video'), patience).toBe(true);
    await alice.ask('groups.update', { gid, videoResolution: 1 });
    const shown = async () => {
      const { room } = await alice.ask('rooms.get', { gid });
      const { participants } = await engine.statistics(`${gid}-${room?.session}-1`);
      return participants.flatMap(({ viewing }) => viewing?.slots ?? []).find(({ mid }) => mid === 'v0')?.rid;
    };
    await expect.poll(shown, patience).toBeNull();
    const hearMore = async (): Promise<void> => {
      const enough = viewer.in('a0').length + 10;
      await expect.poll(() => viewer.in('a0').length, patience).toBeGreaterThan(enough);
    };
    // Pictures that were on their way come before the sound that was sent after them.
    await hearMore();
    const before = viewer.in('v0').length;
    await hearMore();
    expect(viewer.in('v0').length).toBe(before);
    await close();
  });

  it('sends nobody larger pictures than the rules of the app let a user send, and lets him stay as long', async () => {
    const { gid, alice, devices, close } = await setUp(['bob']);
    const bob = one(devices);
    await put(`/access/8`, { rules: { conf: { fhd: false } } });
    await put(`/users/${bob.address}/access`, { policy: 8 });
    expect((await alice.join()).limits.height).toBeGreaterThan(720);
    expect((await bob.join()).limits.height).toBe(720);
    (await bob.publish()).setSize(960, 540);
    const viewer = await alice.watch(bob);
    await expect.poll(() => viewer.sees('v0', '0-video'), patience).toBe(true);
    await put(`/access/8`, { rules: { conf: { hd: false } } });
    const shown = async () => {
      const { room } = await alice.ask('rooms.get', { gid });
      const { participants } = await engine.statistics(`${gid}-${room?.session}-1`);
      return participants.flatMap(({ viewing }) => viewing?.slots ?? []).find(({ mid }) => mid === 'v0')?.rid;
    };
    await expect.poll(shown, patience).toBeNull();
    await put(`/access/8`, { rules: { conf: { maxdur: 1 } } });
    expect(await bob.told('ended')).toMatchObject({ reason: 'duration' });
    await close();
  });

  it('takes of a member no more than his own limits let him send, and lets him stay as long', async () => {
    const { gid, alice, devices, close } = await setUp(['bob'], { videoResolution: 10 });
    const bob = one(devices);
    const limit = (calls: object) => alice.ask('groups.members.update', { gid, users: [bob.address], calls });
    expect(await bob.refused('groups.members.update', { gid, users: [bob.address], calls: {} })).toBe(
      undefined,
    );
    await limit({ videoResolution: 1, callFlags: 0x1 | 0x2 | 0x4 });
    expect(await bob.refused('groups.members.update', { gid, users: [bob.address], calls: {} })).toBe(
      'PERMISSION_DENIED',
    );
    const all = { audio: true, video: true, screen: true };
    expect((await alice.join()).limits).toMatchObject({ ...all, height: 360 });
    expect((await bob.join()).limits).toMatchObject({ ...all, screen: false, height: 240 });
    const streams = [{ sid: 1, source: 'screen' as const, video: '0' }];
    expect(await bob.refused('rooms.publish', { gid, sdp: 'v=0\r\n', streams })).toBe('PERMISSION_DENIED');
    await bob.publish();
    await expect.poll(async () => (await packetsOf(gid, bob)).taken, patience).toBeGreaterThan(0);
    // What he sends already ends at once, too.
    await limit({ callFlags: 0x1 });
    const sent = async () =>
      (await alice.ask('rooms.get', { gid })).room?.participants.map(({ streams }) => streams.length);
    await expect.poll(sent, patience).toEqual([0, 0]);
    await limit({ callDuration: 1 });
    expect(await bob.told('ended')).toMatchObject({ reason: 'duration' });
    expect((await alice.ask('rooms.get', { gid })).room?.participants.map(({ user }) => user)).toEqual([
      alice.address,
    ]);
    await close();
  });

  it('tells a device at once that a connection has failed at the server, to make another', async () => {
    const { gid, alice, close } = await setUp([]);
    await alice.join();
    const offer = await alice.ask('rooms.receive', { gid });
    const viewer = await TestViewer.open(offer);
    const { version, sdp } = viewer.answer(offer);
    await alice.ask('rooms.answer', { gid, version, sdp: withOtherCertificate(sdp) });
    await alice.told('restart', ({ direction }) => direction === 'view');
    viewer.close();
    await close();
  });

  it('tells a device how good the way is on which it publishes', async () => {
    const { alice, close } = await setUp([]);
    await alice.join();
    const publisher = await alice.publish();
    publisher.loseEvery(4);
    const told = await alice.told('quality', ({ reason }) => reason === 'loss');
    expect([told.direction, told.quality]).toEqual(['publish', 'poor']);
    await close();
  });

  it('ends, for all and with its media, after the time that the group gives it', async () => {
    const { gid, alice, devices, close } = await setUp(['bob'], { callDuration: 6 });
    const bob = one(devices);
    const { startedAt, ends, session } = await alice.join();
    expect(ends).toBe(startedAt + 6000);
    await bob.join();
    await bob.publish();
    const over = { type: 'ended', reason: 'duration' };
    expect([await alice.told('ended'), await bob.told('ended')]).toEqual([over, over]);
    const gone = () => engine.statistics(`${gid}-${session}-1`).catch(({ code }) => code);
    await expect.poll(gone, patience).toBe('NOT_FOUND');
    expect(await bob.refused('rooms.alive', { gid, session })).toBe('NOT_IN_ROOM');
    await close();
  });

  it('tells of hands and reactions, and of administrators who ask', async () => {
    const { gid, alice, devices, close } = await setUp(['bob']);
    const bob = one(devices);
    await alice.join();
    await bob.join();
    await bob.ask('rooms.hand', { gid, raised: true });
    await alice.told('participant', ({ participant }) => participant.hand !== undefined);
    await bob.ask('rooms.react', { gid, reaction: '👏' });
    expect(await alice.told('reaction')).toMatchObject({ user: bob.address, reaction: '👏' });
    const ask = { what: 'publish', source: 'screen', sid: 1 } as const;
    await alice.ask('rooms.control', { gid, action: 'ask', who: [{ user: bob.address }], ask });
    expect(await bob.told('ask')).toEqual({ type: 'ask', by: alice.address, ask });
    await alice.ask('groups.members.update', {
      gid,
      users: [bob.address],
      admin: adminFlags.callControl,
    });
    await bob.told('rights', ({ may }) => may.includes('control'));
    await close();
  });
});
