import { randomBytes } from 'node:crypto';
import { InProcessHub } from '@stoa/bus';
import { LocalEngine, WorkerEngine } from '@stoa/media';
import { TestPlayer, TestPublisher } from '@stoa/media/testing';
import type { CallNotice, CallRequest } from '@stoa/protocol';
import {
  type JoinedNodes,
  SocketClient,
  startJoinedNodes,
  type TestNode,
  type TestUser,
  testAppToken,
} from '@stoa/testkit';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from 'vitest';
import { CallRoom } from './call-room.ts';

type NoticeOf<Type extends CallNotice['type']> = Extract<CallNotice, { type: Type }>;

/** On a busy machine. */
const patience = { timeout: 30_000 };

/** A device in a call, and its connections to the media server. */
class Device {
  readonly socket: SocketClient;
  readonly name: string;
  readonly token: string;
  readonly #call: string;
  #publisher: TestPublisher | undefined;
  #player: TestPlayer | undefined;

  static async open(node: TestNode, { token, address }: TestUser, call: string, device?: string) {
    const socket = await SocketClient.open(node.url);
    await socket.hello(token, device === undefined ? {} : { device });
    return new Device(socket, address, token, call);
  }

  private constructor(socket: SocketClient, name: string, token: string, call: string) {
    this.socket = socket;
    this.name = name;
    this.token = token;
    this.#call = call;
  }

  say(event: CallRequest): void {
    this.socket.send({ t: 'call', call: this.#call, event });
  }

  async hears<Type extends CallNotice['type']>(
    type: Type,
    fits: (event: NoticeOf<Type>) => boolean = () => true,
  ): Promise<NoticeOf<Type>> {
    const { event } = await this.socket.next(
      'call',
      ({ call, event: told }) => call === this.#call && told.type === type && fits(told as NoticeOf<Type>),
      patience.timeout,
    );
    return event as NoticeOf<Type>;
  }

  /** What came of the call and was not awaited. */
  async heard(): Promise<string[]> {
    this.socket.send({ t: 'ping' });
    await this.socket.next('pong');
    return this.socket.frames.flatMap((frame) => (frame.t === 'call' ? [frame.event.type] : []));
  }

  /** Makes its connections to a media room, and sends its sound and picture. */
  async connect(session: string, number: number): Promise<void> {
    // A handshake that got lost is begun anew, as devices do (see `untilUp`).
    for (let attempt = number; !(await this.#tryToConnect(session, attempt)); ) attempt += 100;
    this.#publisher?.start();
  }

  async #tryToConnect(session: string, number: number): Promise<boolean> {
    this.#hangUp();
    const publisher = await TestPublisher.open([
      { mid: '0', kind: 'microphone', name: `${this.name}-sound` },
      { mid: '1', kind: 'camera', name: `${this.name}-picture` },
    ]);
    const player = await TestPlayer.open();
    this.#publisher = publisher;
    this.#player = player;
    const offer = { session, number, send: publisher.offer.sdp, receive: player.offer };
    this.say({ type: 'relayOffer', ...offer });
    this.say({ type: 'relayOffer', ...offer });
    const answer = await this.hears('relayAnswer', (told) => told.number === number);
    expect(await this.hears('relayAnswer', (told) => told.number === number)).toEqual(answer);
    publisher.accept(answer.send);
    player.accept(answer.receive);
    const up = await Promise.all([publisher.isUp(), player.isUp()]);
    return up.every(Boolean);
  }

  async plays(other: Device): Promise<void> {
    for (const what of [`${other.name}-sound`, `${other.name}-picture`]) {
      await expect.poll(() => this.#player?.plays(what), patience).toBe(true);
    }
  }

  async close(): Promise<void> {
    this.#hangUp();
    await this.socket.close();
  }

  #hangUp(): void {
    this.#publisher?.close();
    this.#player?.close();
  }
}

describe('a call whose devices do not reach each other', { timeout: 60_000 }, () => {
  const engine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
  let opening: MockInstance<WorkerEngine['createRoom']>;
  let joined: JoinedNodes;
  let one: TestNode;
  let other: TestNode;
  let alicesUser: TestUser;
  /** Id of a device that comes back. */
  let alicesDevice: string;
  let alice: Device;
  let bob: Device;
  let call: string;
  let count = 0;

  beforeAll(async () => {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({
      buses: [hub.connect(), hub.connect()],
      media: [engine, new LocalEngine({ bindAddress: '127.0.0.1' })],
      // That a process ends is what is tested.
      env: { STOA_LOG_LEVEL: 'fatal' },
    });
    [one, other] = joined.nodes as [TestNode, TestNode];
  }, 60_000);
  afterAll(() => joined.close());

  /** Alice, at node one, has called Bob, who is at the other node and has answered. */
  beforeEach(async () => {
    count += 1;
    call = `call-number-${String(count).padStart(6, '0')}`;
    alicesUser = await one.addUser(`alice-${count}`);
    alicesDevice = randomBytes(16).toString('hex');
    const bobsUser = await other.addUser(`bob-${count}`);
    alice = await Device.open(one, alicesUser, call, alicesDevice);
    bob = await Device.open(other, bobsUser, call);
    alice.say({ type: 'invite', peer: bobsUser.address, video: true });
    await bob.hears('incoming');
    bob.say({ type: 'answer', video: true });
    await Promise.all([alice.hears('answered'), bob.hears('accepted')]);
    opening = vi.spyOn(engine, 'createRoom');
  });
  afterEach(() => Promise.all([alice, bob].map((each) => each.close())));

  async function end(): Promise<void> {
    alice.say({ type: 'hangup' });
    await Promise.all([alice.hears('ended'), bob.hears('ended')]);
  }

  it('goes through the node of the call, wherever they are connected, and the media room ends with it', async () => {
    const stranger = await Device.open(one, await one.addUser(`carol-${count}`), call);
    stranger.say({ type: 'relay' });
    await stranger.heard();
    expect(opening).not.toHaveBeenCalled();
    // Both ask.
    bob.say({ type: 'relay' });
    alice.say({ type: 'relay' });
    const { session } = await alice.hears('relay');
    expect((await bob.hears('relay')).session).toBe(session);
    stranger.say({ type: 'relayOffer', session, number: 1, send: 'v=0\r\n', receive: 'v=0\r\n' });
    await Promise.all([alice.connect(session, 1), bob.connect(session, 1)]);
    await Promise.all([alice.plays(bob), bob.plays(alice)]);
    expect(opening).toHaveBeenCalledTimes(1);
    // What belongs to a connection between the two leads nowhere any more.
    alice.say({ type: 'description', epoch: 2, kind: 'offer', sdp: 'v=0\r\n' });
    // A network that has changed: other connections to the same room.
    await alice.connect(session, 2);
    await Promise.all([alice.plays(bob), bob.plays(alice)]);
    expect(await bob.heard()).not.toContain('description');
    expect(await stranger.heard()).toEqual([]);
    const [room = ''] = opening.mock.calls[0] ?? [];
    expect(await engine.streams(room)).toHaveLength(4);
    await end();
    await expect.poll(() => engine.streams(room).catch(({ code }) => code), patience).toBe('NOT_FOUND');
    await stranger.close();
  });

  it('is told again of the media room when it comes back', async () => {
    alice.say({ type: 'relay' });
    const { session } = await alice.hears('relay');
    await bob.hears('relay');
    const { ticket } = await tickets();
    await alice.socket.close();
    alice = await Device.open(one, alicesUser, call, alicesDevice);
    alice.say({ type: 'resume', ticket });
    await alice.hears('resumed');
    expect((await alice.hears('relay')).session).toBe(session);
    await end();
  });

  async function tickets(): Promise<{ ticket: string }> {
    alice.say({ type: 'invite', peer: bob.name, video: true });
    return alice.hears('answered');
  }

  it('gets another media room when the process that had it dies', async () => {
    alice.say({ type: 'relay' });
    const { session } = await alice.hears('relay');
    await bob.hears('relay');
    await alice.connect(session, 1);
    const [pid = 0] = engine.pids;
    process.kill(pid, 'SIGKILL');
    const isOther = (told: { session: string }): boolean => told.session !== session;
    const again = await alice.hears('relay', isOther);
    expect(await bob.hears('relay', isOther)).toEqual(again);
    // Who has not heard of it yet is told.
    alice.say({ type: 'relayOffer', session, number: 2, send: 'v=0\r\n', receive: 'v=0\r\n' });
    expect(await alice.hears('relay')).toEqual(again);
    await Promise.all([alice.connect(again.session, 3), bob.connect(again.session, 1)]);
    await Promise.all([alice.plays(bob), bob.plays(alice)]);
    await end();
  });

  it('ends as "incompatible" when one of them offers what is no offer', async () => {
    alice.say({ type: 'relay' });
    const { session } = await bob.hears('relay');
    bob.say({ type: 'relayOffer', session, number: 1, send: 'v=0\r\n', receive: 'v=0\r\n' });
    expect((await alice.hears('ended')).reason).toBe('incompatible');
    expect((await bob.hears('ended')).reason).toBe('incompatible');
  });

  it('ends at once when the user of one of them is removed', async () => {
    alice.say({ type: 'relay' });
    const { session } = await alice.hears('relay');
    await alice.connect(session, 1);
    const [room = ''] = opening.mock.calls[0] ?? [];
    await one.backend('userdel', { user: { address: bob.name } });
    expect((await alice.hears('ended')).reason).toBe('lost');
    await expect.poll(() => engine.streams(room).catch(({ code }) => code), patience).toBe('NOT_FOUND');
  });

  it('ends at once when the token of one of them is revoked, and not by another of his tokens', async () => {
    alice.say({ type: 'relay' });
    const { session } = await alice.hears('relay');
    await alice.connect(session, 1);
    const [room = ''] = opening.mock.calls[0] ?? [];
    const { token } = await one.addUser(bob.name);
    await one.backend('deltoken', { user: { token } });
    expect(await alice.heard()).not.toContain('ended');
    await one.backend('deltoken', { user: { token: bob.token } });
    expect((await alice.hears('ended')).reason).toBe('lost');
    await expect.poll(() => engine.streams(room).catch(({ code }) => code), patience).toBe('NOT_FOUND');
  });

  it('goes on as it is when there is no media plane', async () => {
    opening.mockRejectedValueOnce(new Error('no media plane here'));
    bob.say({ type: 'relay' });
    await Promise.all([alice.hears('noRelay'), bob.hears('noRelay')]);
    alice.say({ type: 'dtmf', digits: '1' });
    expect((await bob.hears('dtmf')).digits).toBe('1');
    await end();
  });

  it('forwards no pictures of users who may make no video calls, from the moment the rules say so', async () => {
    const rules = async (body: object): Promise<boolean> => {
      const headers = { authorization: `Bearer ${testAppToken}`, 'content-type': 'application/json' };
      const request = { method: 'PUT', headers, body: JSON.stringify(body) };
      return (await fetch(`${one.url}/v1/access/0`, request)).ok;
    };
    expect(await rules({ rules: { call: { video: 0 } } })).toBe(true);
    alice.say({ type: 'relay' });
    const { session } = await bob.hears('relay');
    await bob.connect(session, 1);
    const [room = ''] = opening.mock.calls[0] ?? [];
    const forwarded = async () => (await engine.streams(room)).map((each) => [each.kind, each.forwarded]);
    const isForwarded = (camera: boolean) => [
      ['microphone', true],
      ['camera', camera],
    ];
    await expect.poll(forwarded, patience).toEqual(isForwarded(false));
    expect(await rules({ rules: {} })).toBe(true);
    await expect.poll(forwarded, patience).toEqual(isForwarded(true));
    expect(await rules({ rules: { call: { video: 0 } } })).toBe(true);
    await expect.poll(forwarded, patience).toEqual(isForwarded(false));
    expect(await rules({ rules: {} })).toBe(true);
    await end();
  });

  it('opens no media room when nobody asks for one', async () => {
    for (const each of [alice, bob]) each.say({ type: 'connected' });
    alice.say({ type: 'description', epoch: 1, kind: 'offer', sdp: 'v=0\r\n' });
    await bob.hears('description');
    await end();
    expect(opening).not.toHaveBeenCalled();
  });

  /** The last one: the node is gone. */
  it('gets another media room when its node dies, at the one that goes on with the call', async () => {
    const { ticket } = await tickets();
    alice.say({ type: 'relay' });
    const { session } = await alice.hears('relay');
    await bob.hears('relay');
    await Promise.all([alice.connect(session, 1), bob.connect(session, 1)]);
    await one.close();
    alice = await Device.open(other, alicesUser, call, alicesDevice);
    alice.say({ type: 'resume', ticket });
    await alice.hears('resumed');
    // Their connections are lost, which one of them notices first.
    bob.say({ type: 'relayOffer', session, number: 2, send: 'v=0\r\n', receive: 'v=0\r\n' });
    const again = await bob.hears('relay');
    expect(again.session).not.toBe(session);
    expect(await alice.hears('relay')).toEqual(again);
    await Promise.all([alice.connect(again.session, 1), bob.connect(again.session, 3)]);
    await Promise.all([alice.plays(bob), bob.plays(alice)]);
    await end();
  });
});

it('tells a side which layers of its picture are seen, and again when it may not have heard it', async () => {
  const engine = new LocalEngine({ bindAddress: '127.0.0.1' });
  const told: CallNotice[] = [];
  const fail = (error?: unknown): void => expect.fail(String(error));
  const room = new CallRoom({
    name: 'room',
    rules: async () => ({ video: true }),
    follow: async () => ({ unsubscribe: () => {} }),
    onSignedOut: fail,
    tell: (_side, notice) => told.push(notice),
    onRefused: fail,
    onError: fail,
  });
  await room.open(engine);
  room.layers('caller', [{ rid: 'q', active: true }]);
  const publisher = await TestPublisher.open([{ mid: '0', kind: 'camera', name: 'picture' }]);
  const player = await TestPlayer.open();
  const offer = { send: publisher.offer.sdp, receive: player.offer };
  room.connect('caller', { type: 'relayOffer', session: 'any', number: 7, ...offer });
  await expect.poll(() => told.map(({ type }) => type)).toEqual(['relayAnswer']);
  room.layers('caller', [{ rid: 'q', active: false }]);
  room.layers('caller', [{ rid: 'f', active: true }]);
  room.repeat('caller');
  room.repeat('callee');
  const layers = { type: 'relayLayers', number: 7, layers: [{ rid: 'f', active: true }] };
  expect(told.slice(2)).toEqual([layers, layers]);
  for (const each of [publisher, player]) each.close();
  await engine.close();
});
