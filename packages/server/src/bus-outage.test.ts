import { randomUUID } from 'node:crypto';
import { type Bus, connectNatsBus } from '@stoa/bus';
import { type CallNotice, type CallRequest, type ProfileInfo, presenceValues } from '@stoa/protocol';
import {
  FaultProxy,
  type JoinedNodes,
  SocketClient,
  startJoinedNodes,
  type TestNode,
  type TestUser,
  until,
} from '@stoa/testkit';
import { startNats, type TestNats } from '@stoa/testkit/nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('Two nodes whose bus fails', () => {
  let nats: TestNats;
  /** Between the node `other` and the NATS server. */
  let proxy: FaultProxy;
  let joined: JoinedNodes;
  let buses: readonly [Bus, Bus];
  let one: TestNode;
  let other: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    nats = await startNats();
    proxy = await FaultProxy.start(nats.port);
    const prefix = `stoa.${randomUUID()}`;
    const connect = (port: number) => connectNatsBus({ url: `nats://127.0.0.1:${port}`, prefix });
    buses = [await connect(nats.port), await connect(proxy.port)];
    joined = await startJoinedNodes({ buses });
    [one, other] = joined.nodes as [TestNode, TestNode];
  });
  afterAll(async () => {
    await joined.close();
    await proxy.close();
    await nats.close();
  });
  beforeEach(async () => {
    users += 1;
    alice = await one.addUser(`alice-${users}`);
    bob = await other.addUser(`bob-${users}`);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    proxy.resume();
    await connected(true);
  });

  async function signIn(node: TestNode, user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(node.url);
    clients.push(client);
    await client.hello(user.token);
    await client.next('synced');
    return client;
  }

  /** Resolves when both nodes are connected, or the one behind the proxy is not. */
  function connected(are: boolean): Promise<void> {
    const [here, there] = buses;
    return until(
      () => (are ? here.connected && there.connected : !there.connected),
      (look) => {
        const timer = setInterval(look, 10);
        return () => clearInterval(timer);
      },
      are ? 'the buses to be connected' : 'the bus to be away',
      40_000,
    );
  }

  async function readyz(node: TestNode): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${node.url}/readyz`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  const text = (id: number, peer: string) => ({ t: 'send', id, peer, content: { text: String(id) } });

  it('bring messages and receipts late, without the bus and without a new connection', async () => {
    const [from, to] = [await signIn(one, alice), await signIn(other, bob)];
    from.send(text(1, bob.address));
    const { conv } = await to.next('message');
    await nats.kill();
    await connected(false);
    from.send(text(2, bob.address), text(3, bob.address));
    await from.next('sent', ({ id }) => id === 3);
    to.send({ t: 'received', conv, seq: 1 });
    expect(await to.next('message')).toMatchObject({ seq: 2, content: { text: '2' } });
    expect(await to.next('message')).toMatchObject({ seq: 3 });
    const state = await from.next('conversation', ({ peerCursor }) => peerCursor?.delivered === 1);
    expect(state.last).toBe(3);
    await nats.start();
  });

  it('bring everything in order once the bus is back', async () => {
    const [from, to] = [await signIn(one, alice), await signIn(other, bob)];
    proxy.refuse();
    await connected(false);
    const ids = Array.from({ length: 50 }, (_, index) => index + 1);
    from.send(...ids.map((id) => text(id, bob.address)));
    await from.next('sent', ({ id }) => id === 50);
    proxy.resume();
    for (const id of ids) expect(await to.next('message')).toMatchObject({ seq: id });
    // They may have come from the log already: what is sent without the bus comes as a conversation, not as a receipt.
    await connected(true);
    from.send(text(51, bob.address));
    expect(await to.next('message')).toMatchObject({ seq: 51 });
    const cursors = { t: 'received', conv: (await to.next('conversation')).conv, seq: 51 };
    to.send(cursors);
    await from.next('receipt', ({ delivered }) => delivered === 51);
  });

  it('bring what was published and never arrived, to nodes whose own connection never broke', async () => {
    const [from, to] = [await signIn(other, bob), await signIn(one, alice)];
    proxy.stall();
    from.send(text(1, alice.address));
    await from.next('sent');
    proxy.refuse();
    await connected(false);
    proxy.resume();
    expect(await to.next('message')).toMatchObject({ seq: 1 });
  });

  it('sign out a user who lost his right meanwhile', async () => {
    const [device, removed] = [await signIn(other, bob), await signIn(other, alice)];
    proxy.refuse();
    await connected(false);
    await one.backend('deltoken', { user: { token: bob.token } });
    await one.backend('userset', { user: { uid: alice.uid, active: 0 } });
    expect((await device.closed).code).toBe(4500);
    expect((await removed.closed).code).toBe(4502);
    clients.length = 0;
  });

  it('know a user by his new name even while they cannot be told of it', async () => {
    const reader = await signIn(other, bob);
    reader.send({ t: 'history', id: 1, peer: alice.address, limit: 1 });
    await reader.next('page');
    proxy.refuse();
    await connected(false);
    await one.backend('userset', { user: { uid: alice.uid, name: 'Alicia' } });
    const writer = await signIn(other, alice);
    writer.send(text(1, bob.address));
    expect(await reader.next('conversation')).toMatchObject({ name: 'Alicia' });
  });

  it('find out who went online and offline meanwhile', async () => {
    const watcher = await signIn(one, alice);
    const carol = await other.addUser(`carol-${users}`);
    const device = await signIn(other, bob);
    watcher.send({ t: 'watch', peers: [bob.address, carol.address], on: true });
    const states = async (count: number) => {
      const frames = [];
      while (frames.length < count) frames.push(await watcher.next('presence'));
      return frames.map(({ from, value }) => [from, value]).sort();
    };
    const { online, offline } = presenceValues;
    expect(await states(2)).toEqual([
      [bob.address, online],
      [carol.address, offline],
    ]);
    proxy.refuse();
    await connected(false);
    clients.splice(clients.indexOf(device), 1);
    await device.close();
    await signIn(other, carol);
    await other.sessionsOf(1);
    proxy.resume();
    expect(await states(2)).toEqual([
      [bob.address, offline],
      [carol.address, online],
    ]);
  });

  it('tell those who watch a user of a profile that he changed meanwhile', async () => {
    const [watcher, owner] = [await signIn(one, alice), await signIn(other, bob)];
    watcher.send({ t: 'watch', peers: [bob.address], on: true });
    await watcher.next('presence');
    proxy.refuse();
    await connected(false);
    const body = { name: 'Robert', status: 'Away' };
    owner.send({ t: 'request', id: 1, op: 'profile.set', body });
    await owner.next('response');
    proxy.resume();
    // The name may be known a moment later than the rest.
    const isWhole = ({ profile }: { profile: ProfileInfo }) =>
      profile.user === bob.address && profile.name === body.name && profile.status === body.status;
    await watcher.next('profile', isWhole);
  });

  describe('tell of a call', () => {
    let call: string;
    let caller: SocketClient;
    let callee: SocketClient;
    beforeEach(async () => {
      call = randomUUID();
      [caller, callee] = [await signIn(one, alice), await signIn(other, bob)];
    });

    const say = (client: SocketClient, event: CallRequest) => client.send({ t: 'call', call, event });
    const invitation = () => ({ type: 'invite', peer: bob.address, video: false, sdp: 'v=0\r\n' }) as const;
    async function hears(client: SocketClient, type: CallNotice['type']): Promise<CallNotice> {
      const isIt = (frame: { call: string; event: CallNotice }) =>
        frame.call === call && frame.event.type === type;
      return (await client.next('call', isIt)).event;
    }

    it('that began meanwhile', async () => {
      proxy.refuse();
      await connected(false);
      say(caller, invitation());
      await hears(caller, 'calling');
      proxy.resume();
      await hears(callee, 'incoming');
      say(callee, { type: 'answer', video: false, sdp: 'v=0\r\n' });
      await hears(caller, 'answered');
    });

    it('that was answered meanwhile, so that the answer is given again', async () => {
      say(caller, invitation());
      await hears(callee, 'incoming');
      proxy.refuse();
      await connected(false);
      say(callee, { type: 'answer', video: false, sdp: 'v=0\r\n' });
      // It has been taken by the node when the next one is answered.
      callee.send({ t: 'ping' });
      await callee.next('pong');
      proxy.resume();
      await hears(callee, 'incoming');
      say(callee, { type: 'answer', video: false, sdp: 'v=0\r\n' });
      await hears(caller, 'answered');
      await hears(callee, 'accepted');
    });

    it('that ended meanwhile', async () => {
      say(caller, invitation());
      await hears(callee, 'incoming');
      proxy.refuse();
      await connected(false);
      say(caller, { type: 'hangup' });
      await hears(caller, 'ended');
      proxy.resume();
      expect(await hears(callee, 'ended')).toMatchObject({ reason: 'cancelled' });
    });
  });

  it('are ready all the same, and say what is wrong', async () => {
    expect(await readyz(other)).toEqual({ status: 200, body: { status: 'ready' } });
    proxy.refuse();
    await connected(false);
    expect(await readyz(other)).toEqual({
      status: 200,
      body: { status: 'ready', warnings: [expect.stringContaining('arrive late')] },
    });
    const metrics = await (await fetch(`${other.url}/metrics`)).text();
    expect(metrics).toContain('stoa_bus_connected 0');
    expect(metrics).toMatch(/stoa_bus_events_total\{fate="sent"\} [1-9]/);
    expect(metrics).toMatch(/stoa_bus_events_total\{fate="received"\} [1-9]/);
  });
});
