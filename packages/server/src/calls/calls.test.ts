import { type CallNotice, type CallRequest, limits } from '@stoa/protocol';
import {
  ManualClock,
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  tempFolder,
} from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

type NoticeOf<Type extends CallNotice['type']> = Extract<CallNotice, { type: Type }>;

/** A device of a user, as a call sees it. */
class Device {
  readonly socket: SocketClient;
  readonly call: string;

  constructor(socket: SocketClient, call: string) {
    this.socket = socket;
    this.call = call;
  }

  say(event: CallRequest, call = this.call): void {
    this.socket.send({ t: 'call', call, event });
  }

  async hears<Type extends CallNotice['type']>(type: Type, call = this.call): Promise<NoticeOf<Type>> {
    const isIt = (frame: { call: string; event: CallNotice }) =>
      frame.call === call && frame.event.type === type;
    return (await this.socket.next('call', isIt)).event as NoticeOf<Type>;
  }

  /** Everything about the call that came and was not awaited. */
  async heard(): Promise<string[]> {
    this.socket.send({ t: 'ping' });
    await this.socket.next('pong');
    return this.socket.frames.flatMap((frame) => (frame.t === 'call' ? [frame.event.type] : []));
  }
}

describe('a call', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let call: string;
  let count = 0;

  beforeAll(async () => {
    server = await startTestNode({
      clock,
      env: { STOA_CALL_RING_SECONDS: '6', STOA_CALL_CONNECT_SECONDS: '5' },
    });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    alice = await server.addUser(`alice-${count}`);
    bob = await server.addUser(`bob-${count}`);
    call = `call-number-${String(count).padStart(6, '0')}`;
  });

  async function device(user: TestUser, more: { device?: string; position?: number } = {}): Promise<Device> {
    const socket = await SocketClient.open(server.url);
    await socket.hello(user.token, more);
    return new Device(socket, call);
  }

  /** Alice calls, and Bob's devices ring. */
  async function ringing(devices: number): Promise<[caller: Device, first: Device, ...others: Device[]]> {
    const caller = await device(alice);
    const first = await device(bob);
    const others: Device[] = [];
    while (others.length < devices - 1) others.push(await device(bob));
    caller.say({ type: 'invite', peer: bob.address, video: true, sdp: 'v=0\r\noffer' });
    for (const each of [first, ...others]) {
      await each.hears('incoming');
      each.say({ type: 'ringing' });
      // What is said after the call was answered elsewhere is answered, too.
      await each.heard();
    }
    await caller.hears('ringing');
    return [caller, first, ...others];
  }

  async function leave(...devices: Device[]): Promise<void> {
    await Promise.all(devices.map(({ socket }) => socket.close()));
  }

  it('rings on every device, is answered on one, and is a message of the caller when it is over', async () => {
    const [caller, first, second, third] = await ringing(3);
    if (second === undefined || third === undefined) throw new Error('too few devices');
    second.say({ type: 'answer', video: false, sdp: 'v=0\r\nanswer' });
    expect(await caller.hears('answered')).toMatchObject({ video: false, sdp: 'v=0\r\nanswer' });
    expect((await second.hears('accepted')).ticket).not.toBe('');
    for (const other of [first, third]) {
      expect(await other.hears('ended')).toEqual({ type: 'ended', reason: 'answeredElsewhere', seconds: 0 });
    }

    const offer = { type: 'description', epoch: 1, kind: 'offer', sdp: 'v=0\r\nagain' } as const;
    caller.say(offer);
    expect(await second.hears('description')).toEqual(offer);
    second.say({ type: 'dtmf', digits: '5' });
    expect(await caller.hears('dtmf')).toEqual({ type: 'dtmf', digits: '5' });
    caller.say({ type: 'connected' });
    second.say({ type: 'connected' });
    await Promise.all([caller.heard(), second.heard()]);
    clock.advance(7_000);
    second.say({ type: 'hangup' });
    const end = { type: 'ended', reason: 'hangup', seconds: 7 };
    expect(await caller.hears('ended')).toEqual(end);
    expect(await second.hears('ended')).toEqual(end);

    const log = { id: call, outcome: 'answered', seconds: 7, video: true };
    for (const each of [caller, first, second, third]) {
      const message = await each.socket.next('message');
      expect(message).toMatchObject({ from: alice.address, to: bob.address, dev: 0, content: { call: log } });
    }
    expect(await first.heard()).toEqual([]);
    await leave(caller, first, second, third);
  });

  it('is heard of by nobody but the devices that are in it', async () => {
    const [caller, callee, elsewhere] = await ringing(2);
    if (elsewhere === undefined) throw new Error('too few devices');
    const carol = await device(await server.addUser(`carol-${count}`));
    callee.say({ type: 'answer', video: false });
    await caller.hears('answered');
    for (const intruder of [carol, elsewhere, await device(alice)]) {
      intruder.say({ type: 'hangup' });
      intruder.say({ type: 'dtmf', digits: '1' });
      intruder.say({ type: 'resume', ticket: 'made.up' });
      for (const told of await intruder.heard()) expect(told).toBe('ended');
    }
    expect(await caller.heard()).toEqual(['calling']);
    expect(await callee.heard()).toEqual(['accepted']);
    caller.say({ type: 'dtmf', digits: '2' });
    expect((await callee.hears('dtmf')).digits).toBe('2');
    await leave(caller, callee, elsewhere, carol);
  });

  it('is offered to a device that signs in while it rings, with what the caller has said so far', async () => {
    const caller = await device(alice);
    caller.say({ type: 'invite', peer: bob.address, video: false, sdp: 'v=0\r\noffer' });
    await caller.hears('calling');
    clock.advance(3_000);
    await caller.hears('waking');
    const candidates = [{ candidate: 'candidate:1', mid: '0', line: 0, ufrag: 'u' }];
    caller.say({ type: 'candidates', epoch: 1, candidates });
    await caller.heard();
    const late = await device(bob);
    expect(await late.hears('incoming')).toEqual({
      type: 'incoming',
      from: alice.address,
      name: alice.address,
      video: false,
      ms: 3_000,
      sdp: 'v=0\r\noffer',
    });
    expect((await late.hears('candidates')).candidates).toEqual(candidates);
    late.say({ type: 'decline' });
    expect((await caller.hears('ended')).reason).toBe('declined');
    await leave(caller, late);
  });

  it.each([
    ['offline', 0],
    ['noAnswer', 1],
  ] as const)('that nobody takes ends as "%s" and is missed', async (reason, devices) => {
    const caller = await device(alice);
    const callees: Device[] = [];
    while (callees.length < devices) callees.push(await device(bob));
    caller.say({ type: 'invite', peer: bob.address, video: false });
    for (const callee of callees) {
      await callee.hears('incoming');
      callee.say({ type: 'ringing' });
      await caller.hears('ringing');
    }
    await caller.hears('calling');
    for (let second = 0; second < 7; second++) {
      clock.advance(1_000);
      await Promise.all([caller, ...callees].map((each) => each.heard()));
    }
    for (const each of [caller, ...callees]) expect((await each.hears('ended')).reason).toBe(reason);
    const { content } = await caller.socket.next('message');
    expect(content?.call).toMatchObject({ outcome: 'missed', seconds: 0 });
    await leave(caller, ...callees);
  });

  it.each([
    ['decline', 'declined', 'declinedElsewhere'],
    ['busy', 'busy', 'busy'],
  ] as const)('ends everywhere when one device says "%s"', async (type, reason, elsewhere) => {
    const [caller, first, second] = await ringing(2);
    if (second === undefined) throw new Error('too few devices');
    first.say({ type });
    expect((await caller.hears('ended')).reason).toBe(reason);
    expect((await first.hears('ended')).reason).toBe(reason);
    expect((await second.hears('ended')).reason).toBe(elsewhere);
    second.say({ type: 'answer', video: false });
    expect((await second.hears('ended')).reason).toBe(elsewhere);
    expect((await first.socket.next('message')).content?.call).toMatchObject({ outcome: reason });
    await leave(caller, first, second);
  });

  it('leaves no message when both called at once and it is the one that is given up', async () => {
    const [caller, callee] = await ringing(1);
    callee.say({ type: 'merge', into: 'another-call-0000001' });
    expect((await caller.hears('ended')).reason).toBe('merged');
    expect(await caller.heard()).toEqual(['calling']);
    expect(caller.socket.frames.filter(({ t }) => t === 'message')).toEqual([]);
    await leave(caller, callee);
  });

  it('that is answered and not connected in time has failed', async () => {
    const [caller, callee] = await ringing(1);
    callee.say({ type: 'answer', video: false });
    await caller.hears('answered');
    caller.say({ type: 'connected' });
    await caller.heard();
    clock.advance(6_000);
    expect((await caller.hears('ended')).reason).toBe('networkError');
    expect((await callee.hears('ended')).reason).toBe('networkError');
    await leave(caller, callee);
  });

  it('of somebody who is blocked is refused, and nobody hears or finds anything of it', async () => {
    const [caller, callee] = [await device(alice), await device(bob)];
    const values = [{ key: `blocked:${alice.address}`, value: { messages: true, calls: true } }];
    callee.socket.send({ t: 'request', id: 1, op: 'state.set', body: { values } });
    await callee.socket.next('response');
    caller.say({ type: 'invite', peer: bob.address, video: false });
    expect((await caller.hears('ended')).reason).toBe('blocked');
    expect(await callee.heard()).toEqual([]);
    expect([...caller.socket.frames, ...callee.socket.frames].filter(({ t }) => t === 'message')).toEqual([]);
    await leave(caller, callee);
  });

  it('of nobody, of oneself and of unknown ids is refused', async () => {
    const caller = await device(alice);
    for (const [index, peer] of ['nobody', alice.address].entries()) {
      const id = `${call}-${index}`;
      caller.say({ type: 'invite', peer, video: false }, id);
      expect((await caller.hears('ended', id)).reason).toBe('invalidDestination');
    }
    caller.say({ type: 'alive', ticket: 'nothing' });
    expect((await caller.hears('ended')).reason).toBe('unknown');
    await leave(caller);
  });

  it('keeps no more of the caller than it says it does', async () => {
    const caller = await device(alice);
    caller.say({ type: 'invite', peer: bob.address, video: false });
    for (let frame = 0; frame < 4; frame++) {
      const candidates = Array.from({ length: limits.candidatesPerFrame }, (_, index) => ({
        candidate: `candidate:${frame} ${index}`,
      }));
      caller.say({ type: 'candidates', epoch: 1, candidates });
    }
    await caller.heard();
    const callee = await device(bob);
    await callee.hears('incoming');
    const kept = [await callee.hears('candidates'), await callee.hears('candidates')];
    expect(kept.flatMap(({ candidates }) => candidates)).toHaveLength(limits.candidatesKept);
    expect(await callee.heard()).toEqual([]);
    caller.say({ type: 'hangup' });
    await callee.hears('ended');
    await leave(caller, callee);
  });
});

it('goes on when the server is started anew, and leaves one message', async () => {
  const folder = tempFolder();
  let server = await startTestNode({ dataDir: folder.path });
  const alice = await server.addUser('alice');
  const bob = await server.addUser('bob');
  const call = 'a-call-that-goes-on';
  const open = async ({ token }: TestUser, device: string): Promise<Device> => {
    const socket = await SocketClient.open(server.url);
    await socket.hello(token, { device, position: 1 });
    return new Device(socket, call);
  };
  let [caller, callee] = [await open(alice, 'a'.repeat(16)), await open(bob, 'b'.repeat(16))];
  caller.say({ type: 'invite', peer: 'bob', video: true });
  await callee.hears('incoming');
  callee.say({ type: 'answer', video: true });
  const [{ ticket }, { ticket: other }] = [await caller.hears('answered'), await callee.hears('accepted')];
  await server.close();

  server = await startTestNode({ dataDir: folder.path });
  [caller, callee] = [await open(alice, 'a'.repeat(16)), await open(bob, 'b'.repeat(16))];
  callee.say({ type: 'resume', ticket: other });
  caller.say({ type: 'resume', ticket });
  expect((await caller.hears('resumed')).phase).toBe('answered');
  expect((await callee.hears('resumed')).phase).toBe('answered');
  await callee.hears('peerResumed');
  caller.say({ type: 'dtmf', digits: '7' });
  expect((await callee.hears('dtmf')).digits).toBe('7');
  callee.say({ type: 'hangup' });
  expect((await caller.hears('ended')).reason).toBe('hangup');
  expect((await caller.socket.next('message')).content?.call).toMatchObject({
    id: call,
    outcome: 'answered',
  });
  callee.say({ type: 'resume', ticket });
  expect((await callee.hears('ended')).reason).toBe('hangup');
  expect((await callee.socket.next('message')).seq).toBe(1);
  await callee.heard();
  expect(callee.socket.frames.filter(({ t }) => t === 'message')).toEqual([]);
  await Promise.all([caller.socket.close(), callee.socket.close()]);
  await server.close();
  folder.remove();
});

it('is one of so many that a user may begin in a minute', async () => {
  const server = await startTestNode({
    env: { STOA_LIMIT_LOOPBACK: 'true', STOA_CALL_INVITES_PER_MINUTE: '2' },
  });
  const alice = await server.addUser('alice');
  await server.addUser('bob');
  const socket = await SocketClient.open(server.url);
  await socket.hello(alice.token);
  const caller = new Device(socket, '');
  const ids = [1, 2, 3].map((number) => `a-call-of-alice-${number}`);
  for (const id of ids) caller.say({ type: 'invite', peer: 'bob', video: false }, id);
  await caller.hears('calling', ids[0]);
  await caller.hears('calling', ids[1]);
  expect((await caller.hears('ended', ids[2])).reason).toBe('rateLimited');
  await socket.close();
  await server.close();
});
