import { InProcessHub } from '@stoa/bus';
import { LocalEngine } from '@stoa/media';
import { TestPublisher } from '@stoa/media/testing';
import { groupFlags } from '@stoa/protocol';
import { type JoinedNodes, ManualClock, startJoinedNodes, type TestNode, testAppToken } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RoomDevice } from './testing/room-device.ts';

/** On a busy machine. */
const patience = { timeout: 20_000 };

describe('A room of two nodes', { timeout: 60_000 }, () => {
  const clock = new ManualClock();
  let joined: JoinedNodes;
  let one: TestNode;
  let other: TestNode;
  /** What the nodes have asked about leases, and not been answered. */
  const asked = new Set<Promise<unknown>>();
  /** Node one cannot ask for its leases. */
  let isCutOff = false;
  let gid: number;
  let alice: RoomDevice;
  let bob: RoomDevice;
  let rounds = 0;
  const devices: RoomDevice[] = [];

  beforeAll(async () => {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({
      buses: [hub.connect(), hub.connect()],
      clock,
      // That a node cannot ask is what is tested.
      env: { STOA_LOG_LEVEL: 'fatal' },
      media: [new LocalEngine({ bindAddress: '127.0.0.1' }), new LocalEngine({ bindAddress: '127.0.0.1' })],
      storeOf: (store, index) => watched(store, () => index === 0 && isCutOff),
    });
    [one, other] = joined.nodes as [TestNode, TestNode];
  }, 60_000);
  afterAll(() => joined.close());

  function watched(store: JoinedNodes['store'], fails: () => boolean): JoinedNodes['store'] {
    const watch =
      <Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) =>
      (...args: Args): Promise<T> => {
        const answer = fails() ? Promise.reject(new Error('cut off')) : ask(...args);
        const settled: Promise<unknown> = Promise.allSettled([answer]).then(() => asked.delete(settled));
        asked.add(settled);
        return answer;
      };
    const { claim, renew, release, heldBy, find } = store.roomLeases;
    return {
      ...store,
      roomLeases: {
        claim: watch(claim),
        renew: watch(renew),
        release: watch(release),
        heldBy: watch(heldBy),
        find: watch(find),
      },
    };
  }

  async function open(node: TestNode, user: RoomDevice['user'], device?: string): Promise<RoomDevice> {
    const opened = await RoomDevice.open(node, user, gid, device);
    devices.push(opened);
    return opened;
  }

  /** Alice, who owns the group, is in the room at node one, where it began; Bob at the other node. */
  beforeEach(async () => {
    rounds += 1;
    isCutOff = false;
    const [owner, member] = [await one.addUser(`alice-${rounds}`), await other.addUser(`bob-${rounds}`)];
    const { group } = await one.backend('groupadd', {
      group: { name: 'Band', flags: groupFlags.publishBySelected, members: { m: member.address } },
    });
    gid = (group as { gid: number }).gid;
    const permissions = { send: true, recv: true, pub: true, sub: true, list: true };
    const admin = { modify: true, adduser: true, callcontrol: true };
    await one.backend('groupeditmembers', { group: { gid, members: { m: member.address, permissions } } });
    await one.backend('groupeditmembers', {
      group: { gid, members: { m: owner.address, permissions, admin } },
    });
    alice = await open(one, owner);
    bob = await open(other, member);
  });
  afterEach(async () => {
    for (const device of devices.splice(0)) await device.close();
  });

  /** Lets time pass until it has come, while everybody answers the heartbeat, and no faster than leases are prolonged. */
  async function passing<T>(coming: Promise<T>): Promise<T> {
    let came = false;
    const settled = coming.finally(() => {
      came = true;
    });
    while (!came) {
      clock.advance(250);
      await Promise.all(asked);
      for (const { socket } of devices) {
        socket.send({ t: 'ping' });
        await socket.next('pong').catch(() => {});
      }
    }
    return settled;
  }

  it('is one room: they see each other, and what they may changes at once', async () => {
    const { session } = await alice.join();
    const seen = await bob.join();
    expect(seen).toMatchObject({ session, count: 2 });
    expect((await bob.ask('rooms.get', { gid })).room?.participants).toHaveLength(2);
    await alice.told('participant', ({ participant }) => participant.user === bob.address);
    await bob.publish();
    const viewer = await alice.watch(bob);
    await expect.poll(() => viewer.sees('v0', '0-video'), patience).toBe(true);
    expect(await bob.refused('rooms.control', { gid, action: 'hangup' })).toBe('PERMISSION_DENIED');
    await bob.ask('rooms.hand', { gid, raised: true });
    await alice.told('participant', ({ participant }) => participant.hand !== undefined);
    expect(await bob.ask('rooms.alive', { gid, session })).toMatchObject({ rev: expect.any(Number) });

    await one.backend('groupeditmembers', {
      group: {
        gid,
        members: { m: bob.address, permissions: { send: true, recv: true, pub: false, sub: true } },
      },
    });
    await bob.told('rights', ({ may }) => !may.includes('publish'));
    await alice.told('participant', ({ participant: { user, streams } }) => {
      return user === bob.address && streams.length === 0;
    });
    await bob.ask('rooms.leave', { gid });
    await alice.told('left', ({ user }) => user === bob.address);
    expect(await bob.refused('rooms.hand', { gid, raised: true })).toBe('NOT_IN_ROOM');
  });

  it('takes encoders at any node, until it is at another one: then they begin anew', async () => {
    await alice.join();
    const ask = (method: string, path: string, headers: object, body?: string) =>
      fetch(new URL(path, other.url), { method, headers: { ...headers }, ...(body && { body }) });
    const app = { authorization: `Bearer ${testAppToken}`, 'content-type': 'application/json' };
    const granted = await ask(
      'POST',
      `/v1/groups/${gid}/media-tokens`,
      app,
      JSON.stringify({ address: bob.address, may: 'publish' }),
    );
    const { token } = (await granted.json()) as { token: string };
    const authorization = `Bearer ${token}`;
    const encoder = await TestPublisher.open([
      { mid: '0', kind: 'microphone', name: '0-audio' },
      { mid: '1', kind: 'camera', name: '0-video' },
    ]);
    const post = () =>
      ask(
        'POST',
        `/rooms/${gid}/whip`,
        { authorization, 'content-type': 'application/sdp' },
        encoder.offer.sdp,
      );
    const opened = await post();
    expect(opened.status).toBe(201);
    encoder.accept(await opened.text());
    encoder.start();
    await alice.told('participant', ({ participant }) => participant.as === 'whip' && !participant.away);
    const session = opened.headers.get('location') ?? '';
    const patched = await ask(
      'PATCH',
      session,
      {
        authorization,
        'content-type': 'application/trickle-ice-sdpfrag',
        'if-match': opened.headers.get('etag') ?? '',
      },
      'a=ice-ufrag:abcd\r\n',
    );
    expect(patched.status).toBe(204);
    expect((await ask('DELETE', session, { authorization })).status).toBe(200);
    await alice.told('left', ({ user }) => user === bob.address);
    expect((await ask('DELETE', session, { authorization })).status).toBe(404);

    const second = (await post()).headers.get('location') ?? '';
    await bob.join();
    isCutOff = true;
    await passing(bob.told('moved'));
    await bob.join();
    expect((await ask('DELETE', second, { authorization })).status).toBe(404);
    expect((await post()).status).toBe(201);
    encoder.close();
    isCutOff = false;
    await passing(alice.told('moved'));
  });

  it('keeps a device that comes back by the other node, and waits for one that does not', async () => {
    await alice.join();
    await bob.join();
    const isAway = (away: boolean) =>
      alice.told('participant', ({ participant }) => {
        return participant.user === bob.address && participant.away === away;
      });
    const again = await open(one, bob.user, bob.device);
    await again.join();
    await bob.socket.close();
    await other.sessionsOf(0);
    const { room } = await again.ask('rooms.get', { gid });
    expect(room?.participants.map(({ away }) => away)).toEqual([false, false]);
    const back = await open(other, bob.user, bob.device);
    await back.join();
    await again.socket.close();
    await back.socket.close();
    await isAway(true);
  });

  it('goes to a node that lives when its own cannot keep it, which does not act for it any more', async () => {
    const first = await alice.join();
    await bob.join();
    isCutOff = true;
    await passing(bob.told('moved'));
    expect(await alice.refused('rooms.hand', { gid, raised: true })).toBe('UNAVAILABLE');
    const second = await bob.join();
    expect(second).toMatchObject({ count: 1, startedAt: first.startedAt });
    expect(second.session).not.toBe(first.session);
    isCutOff = false;
    await passing(alice.told('moved'));
    expect(await passing(alice.join())).toMatchObject({ session: second.session, count: 2 });
    await bob.told('participant', ({ participant }) => participant.user === alice.address);
    // It was not over, nor has it begun again.
    const told = alice.socket.frames.flatMap((frame) => (frame.t === 'room' ? [frame.event.type] : []));
    expect(told.filter((type) => type === 'over' || type === 'started')).toEqual(['started']);
  });

  it('lets those back into a locked room who were in it when its node was lost, and nobody else', async () => {
    const carol = await open(other, await other.addUser(`carol-${rounds}`));
    await one.backend('groupeditmembers', { group: { gid, members: { m: carol.address } } });
    await alice.join();
    const { pass } = await bob.ask('rooms.join', { gid });
    await one.backend('groupset', { group: { gid, flag: groupFlags.publishBySelected | groupFlags.locked } });
    isCutOff = true;
    await passing(bob.told('moved'));
    expect(await passing(carol.refused('rooms.join', { gid, ...(pass && { pass }) }))).toBe('ROOM_LOCKED');
    expect(await bob.refused('rooms.join', { gid })).toBe('ROOM_LOCKED');
    expect((await bob.ask('rooms.join', { gid, ...(pass && { pass }) })).room?.count).toBe(1);
    isCutOff = false;
    await passing(alice.told('moved'));
    // Who leads it needs no pass.
    expect(await passing(alice.join())).toMatchObject({ count: 2 });
  });

  it('is handed over by a node that stops, also to those who are still connected to it', async () => {
    const first = await alice.join();
    await bob.join();
    const closing = one.close();
    await bob.told('moved');
    const second = await bob.join();
    expect(second).toMatchObject({ startedAt: first.startedAt });
    await closing;
    const again = await open(other, alice.user, alice.device);
    expect(await again.join()).toMatchObject({ session: second.session, count: 2 });
  });
});
