import { type Bus, InProcessHub } from '@stoa/bus';
import { presenceValues } from '@stoa/protocol';
import {
  type JoinedNodes,
  ManualClock,
  SocketClient,
  startJoinedNodes,
  type TestNode,
  type TestUser,
} from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('Users of two nodes', () => {
  const clock = new ManualClock();
  let joined: JoinedNodes;
  let one: TestNode;
  let other: TestNode;
  /** What a third node, of another version, would publish. */
  let stranger: Bus;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()], clock });
    [one, other] = joined.nodes as [TestNode, TestNode];
    stranger = hub.connect();
  });
  afterAll(() => joined.close());
  beforeEach(async () => {
    users += 1;
    alice = await one.addUser(`alice-${users}`);
    bob = await other.addUser(`bob-${users}`);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  async function signIn(node: TestNode, user: TestUser, device?: string): Promise<SocketClient> {
    const client = await SocketClient.open(node.url);
    clients.push(client);
    await client.hello(user.token, device === undefined ? {} : { device });
    await client.next('synced');
    return client;
  }

  /** Lets time pass while everybody answers the heartbeat. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(1_000);
      for (const client of clients) {
        client.send({ t: 'ping' });
        await client.next('pong');
      }
    }
  }

  /** Lets time pass until it has come. */
  async function passing<T>(coming: Promise<T>): Promise<T> {
    let came = false;
    const settled = coming.finally(() => {
      came = true;
    });
    while (!came) await pass(1_000);
    return settled;
  }

  const text = (id: number, peer: string) => ({ t: 'send', id, peer, content: { text: String(id) } });

  it('exchange messages and receipts, and their other devices see both', async () => {
    const [from, to] = [await signIn(one, alice), await signIn(other, bob)];
    const [fromToo, toToo] = [await signIn(other, alice), await signIn(one, bob)];
    from.send(text(1, bob.address), text(2, bob.address));
    const { conv } = await from.next('sent', ({ id }) => id === 2);
    for (const device of [to, toToo, fromToo]) {
      expect(await device.next('message')).toMatchObject({ seq: 1, content: { text: '1' } });
      expect(await device.next('message')).toMatchObject({ seq: 2, content: { text: '2' } });
    }
    to.send({ t: 'received', conv, seq: 2 }, { t: 'read', conv, seq: 2 });
    for (const device of [from, fromToo]) {
      expect(await device.next('receipt', ({ read }) => read === 2)).toMatchObject({ user: bob.address });
    }
    expect(await toToo.next('receipt')).toMatchObject({ user: bob.address, read: 2 });
  });

  it('get one answer to a send that is repeated on another node', async () => {
    const device = 'a-device-of-alice-0123';
    const [before, to] = [await signIn(one, alice, device), await signIn(other, bob)];
    before.send(text(1, bob.address));
    const answer = await before.next('sent');
    const after = await signIn(other, alice, device);
    after.send(text(1, bob.address), text(2, bob.address));
    expect(await after.next('sent', ({ id }) => id === 2)).toMatchObject({ seq: 2 });
    expect(await after.next('sent', ({ id }) => id === 1)).toEqual(answer);
    await to.next('message', ({ seq }) => seq === 2);
    expect(to.frames.filter(({ t }) => t === 'message')).toHaveLength(1);
  });

  it('know which of two changes of a shared value came later, whatever they hear first', async () => {
    const devices = [await signIn(one, alice), await signIn(other, alice)] as const;
    const set = async (device: SocketClient, id: number, value: string) => {
      device.send({
        t: 'request',
        id,
        op: 'state.set',
        body: { values: [{ key: 'draft:peer/bob', value }] },
      });
      const { body } = await device.next('response', (response) => response.id === id);
      return { value, position: Number(body.position) };
    };
    for (let round = 1; round <= 20; round += 1) {
      const own = await Promise.all(devices.map((device, index) => set(device, round, `${round}.${index}`)));
      const told = await Promise.all(devices.map((device) => device.next('state')));
      const shown = own.map((change, index) => {
        const { value, position } = told[index] as { value: string; position: number };
        return change.position > position ? change.value : value;
      });
      expect(shown[0]).toBe(shown[1]);
    }
    const late = await SocketClient.open(one.url);
    clients.push(late);
    await late.hello(alice.token);
    const { position } = await late.next('state', ({ key }) => key === 'draft:peer/bob');
    expect(position).toBeGreaterThan(0);
  });

  it('are signed out everywhere by a call to any node', async () => {
    const second = await other.addUser(alice.address);
    const [here, there] = [await signIn(one, alice), await signIn(other, second)];
    expect(await other.backend('deltoken', { user: { token: alice.token } })).toMatchObject({ result: true });
    expect((await here.closed).code).toBe(4500);
    expect(await one.backend('userset', { user: { uid: alice.uid, active: 0 } })).toMatchObject({
      result: true,
    });
    expect((await there.closed).code).toBe(4502);
  });

  it('have the name on every node that they were given on one', async () => {
    const reader = await signIn(other, alice);
    reader.send({ t: 'history', id: 1, peer: bob.address, limit: 1 });
    await reader.next('page');
    await one.backend('userset', { user: { uid: bob.uid, name: 'Robert' } });
    const writer = await signIn(one, bob);
    writer.send(text(1, alice.address));
    expect(await reader.next('conversation')).toMatchObject({ name: 'Robert' });
  });

  it('see each other going online and offline', async () => {
    const watcher = await signIn(one, alice);
    watcher.send({ t: 'watch', peers: [bob.address], on: true });
    expect(await passing(watcher.next('presence'))).toMatchObject({ value: presenceValues.offline });
    const device = await signIn(other, bob);
    expect(await watcher.next('presence')).toMatchObject({ value: presenceValues.online });
    const late = await signIn(one, alice);
    late.send({ t: 'watch', peers: [bob.address], on: true });
    expect(await late.next('presence')).toMatchObject({ value: presenceValues.online });
    // To another node, at once: not worth telling.
    clients.splice(clients.indexOf(device), 1);
    await device.close();
    const again = await signIn(one, bob);
    await pass(6_000);
    expect(watcher.frames.filter(({ t }) => t === 'presence')).toEqual([]);
    clients.splice(clients.indexOf(again), 1);
    await again.close();
    await one.sessionsOf(2);
    const { value, seen } = await passing(watcher.next('presence'));
    expect([value, (seen ?? 0) > 0]).toEqual([presenceValues.offline, true]);
  });

  it('do not notice events of a later version that this one does not know', async () => {
    const [from, to] = [await signIn(one, alice), await signIn(other, bob)];
    const carol = await one.addUser(`carol-${users}`);
    to.send({ t: 'watch', peers: [carol.address], on: true });
    expect(await passing(to.next('presence'))).toMatchObject({ value: presenceValues.offline });
    const future = { type: 'from-the-future', node: 7, online: true, uid: 'x', bytes: null };
    for (const subject of [`user.${bob.uid}`, `presence.${carol.uid}`, 'users', 'nodes']) {
      stranger.publish(subject, future);
    }
    const addition = { type: 'node-alive', node: 'stranger', load: 0.5 };
    stranger.publish('nodes', addition);
    from.send(text(1, bob.address));
    const { conv, seq } = await to.next('message');
    const receipt = { type: 'end-sessions', reason: 'unauthorized', tokenId: -1, note: 'new field' };
    stranger.publish(`user.${bob.uid}`, receipt);
    to.send({ t: 'received', conv, seq });
    expect(await from.next('receipt')).toMatchObject({ delivered: seq });
    expect(to.frames.filter(({ t }) => t !== 'conversation')).toEqual([]);
    const left = { type: 'node-left', node: 'stranger' };
    stranger.publish('nodes', left);
  });
});

describe('When a node vanishes', () => {
  it('its users are offline after a while, and were seen last when it was', async () => {
    const clock = new ManualClock();
    const hub = new InProcessHub();
    const dying = hub.connect();
    const { nodes, store, close } = await startJoinedNodes({ buses: [hub.connect(), dying], clock });
    const [one, other] = nodes as [TestNode, TestNode];
    const [alice, bob] = [await one.addUser('alice'), await one.addUser('bob')];
    const watcher = await SocketClient.open(one.url);
    await watcher.hello(alice.token);
    const device = await SocketClient.open(other.url);
    await device.hello(bob.token);
    watcher.send({ t: 'watch', peers: ['bob'], on: true });
    await watcher.next('presence', ({ value }) => value === presenceValues.online);

    const vanished = clock.now();
    await dying.close();
    for (let passed = 0; passed < 20_000; passed += 1_000) {
      clock.advance(1_000);
      watcher.send({ t: 'ping' });
      await watcher.next('pong');
    }
    const { value, seen = 0 } = await watcher.next('presence');
    expect(value).toBe(presenceValues.offline);
    expect(Math.abs(seen - vanished)).toBeLessThan(6_000);
    await expect.poll(async () => (await store.users.find(bob.uid))?.lastSeen).toBe(seen);
    await watcher.close();
    await close();
  });

  it('what it stored and had no time to tell the others comes all the same', async () => {
    const clock = new ManualClock();
    const hub = new InProcessHub();
    const dying = hub.connect();
    const { nodes, close } = await startJoinedNodes({ buses: [hub.connect(), dying], clock });
    const [one, other] = nodes as [TestNode, TestNode];
    const [alice, bob] = [await one.addUser('alice'), await one.addUser('bob')];
    const [to, from] = [await SocketClient.open(one.url), await SocketClient.open(other.url)];
    await to.hello(alice.token);
    await from.hello(bob.token);
    await to.next('synced');
    await dying.close();
    from.send({ t: 'send', id: 1, peer: 'alice', content: { text: 'acknowledged' } });
    await from.next('sent');
    let came = false;
    const message = to.next('message').finally(() => {
      came = true;
    });
    // Less than until the next general look at the store.
    for (let passed = 0; passed < 30_000 && !came; passed += 1_000) {
      clock.advance(1_000);
      to.send({ t: 'ping' });
      await to.next('pong');
    }
    expect(await message).toMatchObject({ from: 'bob', content: { text: 'acknowledged' } });
    await Promise.all([to.close(), from.close()]);
    await close();
  });
});
