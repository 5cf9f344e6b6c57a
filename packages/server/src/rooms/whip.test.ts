import { LocalEngine } from '@stoa/media';
import { TestPlayer, TestPublisher, untilUp } from '@stoa/media/testing';
import { groupFlags, memberFlags } from '@stoa/protocol';
import { ManualClock, startTestNode, type TestNode, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaTokens } from './media-tokens.ts';
import { RoomDevice } from './testing/room-device.ts';
import { offeredSlots } from './whep.ts';
import { offeredStreams } from './whip.ts';

let node: TestNode;
let alice: RoomDevice;
let gid: number;
let encoder: { readonly address: string; readonly uid: number };

const patience = { timeout: 30_000 };
const streams = [
  { mid: '0', kind: 'microphone', name: '0-audio' },
  { mid: '1', kind: 'camera', name: '0-video' },
] as const;

beforeAll(async () => {
  node = await startTestNode({
    media: new LocalEngine({ bindAddress: '127.0.0.1' }),
    env: {
      STOA_TURN_URLS: 'stun:127.0.0.1:3478,turn:127.0.0.1:3478',
      STOA_TURN_SECRET: 'shared secret',
    },
  });
  const owner = await RoomDevice.open(node, await node.addUser('owner'), 0);
  encoder = await node.addUser('encoder');
  const { group } = await owner.ask('groups.create', { name: 'Live', members: [encoder.address] });
  gid = group.gid;
  alice = owner.in(gid);
});
afterAll(async () => {
  await alice.close();
  await node.close();
});

async function v1(path: string, body: object, method = 'POST') {
  const response = await fetch(`${node.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${testAppToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text || '{}') as Record<string, unknown> };
}

async function tokenFor(address: string, group = gid, may = 'publish'): Promise<string> {
  return String((await v1(`/groups/${group}/media-tokens`, { address, may })).body.token);
}

async function whip(
  method: string,
  path: string,
  token: string | undefined,
  { body, type = 'application/sdp', match }: { body?: string; type?: string; match?: string } = {},
) {
  const response = await fetch(new URL(path, node.url), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(match === undefined ? {} : { 'if-match': match }),
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** An encoder that is connected, and what it was answered. */
async function encode(token: string, offered: TestPublisher['streams'] = streams) {
  const answers: Awaited<ReturnType<typeof whip>>[] = [];
  const publisher = await untilUp(async () => {
    const lost = answers.at(-1)?.headers.get('location');
    if (lost) await whip('DELETE', lost, token);
    const each = await TestPublisher.open(offered);
    const answer = await whip('POST', `/rooms/${gid}/whip`, token, { body: each.offer.sdp });
    expect(answer.status).toBe(201);
    each.accept(answer.body);
    answers.push(answer);
    return each;
  });
  publisher.start();
  const opened = answers.at(-1);
  if (opened === undefined) throw new Error('there was no answer');
  return { publisher, opened };
}

describe('an encoder that speaks WHIP', () => {
  it('publishes as a participant of its user, until it ends its session', async () => {
    await alice.join();
    const token = await tokenFor(encoder.address);
    const { publisher, opened } = await encode(token);
    expect(opened.headers.get('content-type')).toMatch(/^application\/sdp/);
    expect(opened.headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
    expect(opened.headers.get('link')).toMatch(
      /<stun:127\.0\.0\.1:3478>; rel="ice-server".*<turn:.*>; rel="ice-server"; username="\d+:\d+"; credential="[^"]+"; credential-type="password"/,
    );
    const { participant } = await alice.told('participant', ({ participant: { as, streams, away } }) => {
      return as === 'whip' && streams.length === 1 && !away;
    });
    expect(participant).toMatchObject({
      user: encoder.address,
      streams: [{ sid: 0, audio: 'on', video: 'on' }],
    });
    const viewer = await alice.watch({ address: encoder.address } as RoomDevice);
    await expect.poll(() => viewer.sees('v0', '0-video'), patience).toBe(true);

    const session = opened.headers.get('location') ?? '';
    const etag = opened.headers.get('etag') ?? '';
    const candidate = 'a=ice-ufrag:abcd\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n';
    const patch = async (
      match: string | undefined,
      type = 'application/trickle-ice-sdpfrag',
      body = candidate,
    ) => {
      const options = { body, type, ...(match === undefined ? {} : { match }) };
      return (await whip('PATCH', session, token, options)).status;
    };
    expect([await patch(etag), await patch(undefined), await patch('"other"'), await patch('*')]).toEqual([
      204, 428, 412, 422,
    ]);
    expect([await patch(etag, 'application/sdp'), await patch(etag, undefined, 'nonsense')]).toEqual([
      415, 400,
    ]);
    const others = await tokenFor(alice.address);
    expect((await whip('DELETE', session, others)).status).toBe(404);
    expect((await whip('DELETE', session, token)).status).toBe(200);
    await alice.told('left', ({ user, dev }) => user === encoder.address && dev === participant.dev);
    expect((await whip('DELETE', session, token)).status).toBe(404);
    publisher.close();
  });

  it('ends when it is removed, and when its user may not publish any more', async () => {
    await alice.join();
    const token = await tokenFor(encoder.address);
    const open = async () => {
      const { publisher, opened } = await encode(token);
      const { participant } = await alice.told('participant', (event) => {
        const dev = Number(opened.headers.get('location')?.split('/').at(-1));
        return event.participant.dev === dev && !event.participant.away;
      });
      return { publisher, dev: participant.dev };
    };
    const first = await open();
    const who = [{ user: encoder.address, dev: first.dev }];
    await alice.ask('rooms.control', { gid, action: 'hangup', who });
    await alice.told('left', ({ dev, reason }) => dev === first.dev && reason === 'removed');
    expect((await whip('DELETE', `/rooms/${gid}/whip/${first.dev}`, token)).status).toBe(404);
    first.publisher.close();
    const second = await open();
    await alice.ask('groups.update', { gid, flags: groupFlags.publishBySelected });
    await alice.ask('groups.members.update', { gid, users: [encoder.address], revoke: memberFlags.publish });
    await alice.told('left', ({ dev, reason }) => dev === second.dev && reason === 'rights');
    const refused = await whip('POST', `/rooms/${gid}/whip`, token, { body: second.publisher.offer.sdp });
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([403, 'PERMISSION_DENIED']);
    second.publisher.close();
    await alice.ask('groups.update', { gid, flags: 0 });
  });

  it('comes in only where the rules of the app let its user in', async () => {
    await alice.join();
    const token = await tokenFor(encoder.address);
    const publisher = await TestPublisher.open(streams);
    const allow = async (conf: object) => {
      expect((await v1('/access/7', { rules: { conf } }, 'PUT')).status).toBeLessThan(300);
      const applied = await v1(`/users/${encoder.address}/access`, { policy: 7 }, 'PUT');
      expect(applied.status).toBeLessThan(300);
    };
    const post = async () =>
      (await whip('POST', `/rooms/${gid}/whip`, token, { body: publisher.offer.sdp })).status;
    await allow({ join: false });
    expect(await post()).toBe(403);
    await allow({});
    expect(await post()).toBe(201);
    publisher.close();
  });

  it('is out when its user is suspended, and does not come back with its token', async () => {
    await alice.join();
    const token = await tokenFor(encoder.address);
    const publisher = await TestPublisher.open(streams);
    const post = () => whip('POST', `/rooms/${gid}/whip`, token, { body: publisher.offer.sdp });
    const session = (await post()).headers.get('location') ?? '';
    const { status } = await v1(`/users/${encoder.address}`, { active: false }, 'PATCH');
    expect(status).toBe(200);
    await alice.told('left', ({ dev }) => session.endsWith(`/${dev}`));
    const refused = await post();
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([403, 'SUSPENDED']);
    await v1(`/users/${encoder.address}`, { active: true }, 'PATCH');
    const again = await post();
    expect(again.status).toBe(201);
    await whip('DELETE', again.headers.get('location') ?? '', token);
    publisher.close();
  });

  it('does not come in for a user who was removed, where anybody may', async () => {
    const guest = await node.addUser('guest');
    const flags = groupFlags.publishByAnyone | groupFlags.subscribeByAnyone;
    const { group } = await alice.ask('groups.create', { name: 'Open', flags });
    const token = await tokenFor(guest.address, group.gid);
    const publisher = await TestPublisher.open(streams);
    const post = () => whip('POST', `/rooms/${group.gid}/whip`, token, { body: publisher.offer.sdp });
    const opened = await post();
    expect(opened.status).toBe(201);
    await whip('DELETE', opened.headers.get('location') ?? '', token);
    await node.backend('userdel', { user: { uid: guest.uid } });
    const refused = await post();
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([401, 'BAD_TOKEN']);
    publisher.close();
  });

  it('is told what is wrong in a problem, and has changed nothing', async () => {
    await alice.join();
    const token = await tokenFor(encoder.address);
    const publisher = await TestPublisher.open(streams);
    const { sdp } = publisher.offer;
    const path = `/rooms/${gid}/whip`;
    const { group } = await alice.ask('groups.create', { name: 'Other', members: [encoder.address] });
    const cases = [
      [await whip('POST', path, undefined, { body: sdp }), 401, 'BAD_TOKEN'],
      [await whip('POST', path, `${token}x`, { body: sdp }), 401, 'BAD_TOKEN'],
      [await whip('POST', `/rooms/${group.gid}/whip`, token, { body: sdp }), 403, 'PERMISSION_DENIED'],
      [await whip('POST', path, token, { body: 'v=0\r\nm=nonsense' }), 400, 'BAD_REQUEST'],
      [
        await whip('POST', path, token, { body: sdp.replace(/^a=fingerprint.*$/gm, 'a=x') }),
        400,
        'BAD_REQUEST',
      ],
      [await whip('POST', path, token, { body: '{}', type: 'application/json' }), 400, 'BAD_REQUEST'],
      [await whip('POST', path, token, { body: 'x'.repeat(300_000) }), 413, 'TOO_LARGE'],
      [await whip('GET', path, token), 405, 'BAD_REQUEST'],
      [
        await whip('POST', '/rooms/999999/whip', await tokenFor(encoder.address), { body: sdp }),
        403,
        'PERMISSION_DENIED',
      ],
    ] as const;
    for (const [{ status, headers, body }, expected, code] of cases) {
      expect([status, JSON.parse(body).code, headers.get('content-type')]).toEqual([
        expected,
        code,
        expect.stringMatching(/^application\/problem\+json/),
      ]);
    }
    expect(cases[0][0].headers.get('www-authenticate')).toBe('Bearer');
    const options = await whip('OPTIONS', path, undefined);
    expect([options.status, options.headers.get('accept-post')]).toEqual([204, 'application/sdp']);
    const { room } = await alice.ask('rooms.get', { gid });
    expect(room?.participants.filter(({ as, away }) => as === 'whip' && !away)).toEqual([]);
    publisher.close();
  });
});

describe('a player that speaks WHEP', () => {
  async function play(query = '', may = 'subscribe') {
    const token = await tokenFor(encoder.address, gid, may);
    for (;;) {
      const player = await TestPlayer.open();
      const opened = await whip('POST', `/rooms/${gid}/whep${query}`, token, { body: player.offer });
      if (opened.status === 201) player.accept(opened.body);
      const session = opened.headers.get('location') ?? '';
      if (opened.status !== 201 || (await player.isUp()))
        return { player, opened, token, session, dev: Number(session.split('/').at(-1)) };
      // Its handshake got lost (see `untilUp`).
      await whip('DELETE', session, token);
      player.close();
    }
  }

  it('shows whoever publishes, and goes on when he comes back, without another offer', async () => {
    await alice.join();
    const own = await alice.publish();
    const { player, opened, token, session, dev } = await play();
    expect(opened.status).toBe(201);
    expect(opened.headers.get('link')).toMatch(/rel="ice-server"/);
    const { participant } = await alice.told('participant', ({ participant: each }) => {
      return each.dev === dev && !each.away;
    });
    expect(participant).toMatchObject({ user: encoder.address, as: 'whep', streams: [] });
    await expect.poll(() => player.plays('0-video') && player.plays('0-audio'), patience).toBe(true);

    // Who is named is shown, and nobody else; who is not named has what he had.
    const encoderStreams = streams.map((each) => ({ ...each, name: `of-${each.kind}` }));
    const publishing = await tokenFor(encoder.address);
    const { publisher: source, opened: sourceOpened } = await encode(publishing, encoderStreams);
    const named = await play(`?user=${encoder.address}&stream=0`);
    await expect
      .poll(() => named.player.plays('of-camera') && named.player.plays('of-microphone'), patience)
      .toBe(true);
    expect([named.player.plays('0-video'), player.plays('of-camera')]).toEqual([false, false]);

    // The first publisher ends, and the next is on stage; then he is back, and the other one gone.
    await alice.ask('rooms.publish', { gid, streams: [] });
    own.close();
    await expect.poll(() => player.plays('of-camera'), patience).toBe(true);
    player.forget();
    const again = await alice.publish();
    const sourceDev = Number(sourceOpened.headers.get('location')?.split('/').at(-1));
    await alice.ask('rooms.control', {
      gid,
      action: 'hangup',
      who: [{ user: encoder.address, dev: sourceDev }],
    });
    source.close();
    await expect.poll(() => player.plays('0-video') && player.plays('0-audio'), patience).toBe(true);

    const match = opened.headers.get('etag') ?? '';
    const candidate = { body: 'a=end-of-candidates', type: 'application/trickle-ice-sdpfrag', match };
    expect((await whip('PATCH', session, token, candidate)).status).toBe(204);
    expect((await whip('DELETE', session.replace('whep', 'whip'), publishing)).status).toBe(404);
    expect((await whip('DELETE', session, token)).status).toBe(200);
    await alice.told('left', (event) => event.dev === dev);
    expect((await whip('DELETE', session, token)).status).toBe(404);
    for (const each of [player, named.player, again]) each.close();
  });

  it('is refused what its token, its user or the room does not allow, and ends when that ends', async () => {
    await alice.join();
    const { player, dev, opened } = await play();
    expect(opened.status).toBe(201);
    const refusals = [await play('', 'publish'), await play('?stream=x')];
    expect(refusals.map(({ opened: { status } }) => status)).toEqual([403, 400]);
    await alice.ask('groups.update', { gid, flags: groupFlags.subscribeBySelected });
    const users = [encoder.address];
    await alice.ask('groups.members.update', { gid, users, revoke: memberFlags.subscribe });
    await alice.told('left', (event) => event.dev === dev && event.reason === 'rights');
    const refused = await play();
    expect([refused.opened.status, JSON.parse(refused.opened.body).code]).toEqual([403, 'PERMISSION_DENIED']);
    await alice.ask('groups.update', { gid, flags: 0 });
    await alice.ask('rooms.control', { gid, action: 'hangup' });
    await alice.ask('rooms.leave', { gid });
    // It has begun no room by asking.
    const early = await play();
    expect([early.opened.status, JSON.parse(early.opened.body).code]).toEqual([409, 'CONFLICT']);
    expect(early.opened.headers.get('retry-after')).toBe('5');
    for (const each of [player, refused.player, early.player, ...refusals.map((one) => one.player)])
      each.close();
  });
});

it('makes media tokens that expire, and takes none that were changed', () => {
  const clock = new ManualClock();
  const tokens = new MediaTokens({ secret: 'secret', now: () => clock.now() });
  const grant = { aid: 1, gid: 1000, uid: 7, may: 'publish' } as const;
  const { token } = tokens.issue(grant, 60);
  expect(tokens.read(token)).toEqual(grant);
  const watching = { ...grant, may: 'subscribe' } as const;
  expect(tokens.read(tokens.issue(watching, 60).token)).toEqual(watching);
  for (const other of [
    '',
    '.',
    token.replace('1000', '1001'),
    token.replace('publish', 'subscribe'),
    `${token}A`,
  ]) {
    expect(() => tokens.read(other)).toThrow(expect.objectContaining({ code: 'BAD_TOKEN' }));
  }
  clock.advance(61_000);
  expect(() => tokens.read(token)).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED' }));
});

it('takes one sound and one picture of an offer', () => {
  const section = (kind: string, mid: string, ...more: string[]) =>
    [`m=${kind} 9 UDP/TLS/RTP/SAVPF 96`, `a=mid:${mid}`, ...more, ''].join('\r\n');
  const [stream] = offeredStreams(`v=0\r\n${section('audio', 'x')}${section('video', 'y')}`);
  expect(stream).toEqual({ sid: 0, source: 'camera', audio: 'x', video: 'y' });
  expect(offeredStreams(`v=0\r\n${section('video', 'y')}${section('audio', 'x', 'a=recvonly')}`)).toEqual([
    { sid: 0, source: 'camera', video: 'y' },
  ]);
  for (const bad of ['', section('audio', 'x') + section('audio', 'y'), 'm=video 9 RTP 96\r\n']) {
    expect(() => offeredStreams(`v=0\r\n${bad}`)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  }
});

it('counts the m-lines in which a player receives', () => {
  const section = (kind: string, ...more: string[]) =>
    [`m=${kind} 9 UDP/TLS/RTP/SAVPF 96`, ...more, ''].join('\r\n');
  const video = section('video');
  expect(offeredSlots(`v=0\r\n${video}${video}${section('audio', 'a=sendonly')}`)).toEqual({
    audio: 0,
    video: 2,
  });
  expect(() => offeredSlots(section('audio', 'a=inactive'))).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST' }),
  );
});
