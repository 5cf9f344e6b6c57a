import { presenceValues } from '@stoa/protocol';
import { ManualClock, SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('presence', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;

  beforeAll(async () => {
    server = await startTestNode({ clock });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
  });

  async function signIn(user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    await client.hello(user.token);
    return client;
  }

  it('of a watched user is told at once and on every change', async () => {
    const watcher = await signIn(alice);
    watcher.send({ t: 'watch', peers: [bob.address, 'nobody'], on: true });
    expect(await watcher.next('presence')).toEqual({
      t: 'presence',
      from: bob.address,
      value: presenceValues.offline,
    });
    const first = await signIn(bob);
    expect(await watcher.next('presence')).toMatchObject({ from: bob.address, value: presenceValues.online });
    const second = await signIn(bob);
    await first.close();
    await second.close();
    await server.sessionsOf(1);
    clock.advance(5_000);
    const offline = await watcher.next('presence');
    expect(offline).toMatchObject({ value: presenceValues.offline });
    expect(offline.seen).toBeGreaterThan(0);
    await watcher.close();
  });

  it('says since when somebody is offline, unless the app does not want it told', async () => {
    const [watcher, device] = [await signIn(alice), await signIn(bob)];
    await device.close();
    await server.sessionsOf(1);
    clock.advance(3_500);
    const since = async (): Promise<boolean> => {
      watcher.send({ t: 'watch', peers: [bob.address], on: true });
      const { seen } = await watcher.next('presence', ({ value }) => value === presenceValues.offline);
      watcher.send({ t: 'watch', peers: [bob.address], on: false });
      return seen !== undefined;
    };
    await expect.poll(since, { timeout: 20_000 }).toBe(true);
    await server.backend('uacset', { uac: { id: 0, presence: { lastseen: 0 } } });
    expect(await since()).toBe(false);
    await server.backend('uacdel', { uac: { id: 0 } });
    expect(await since()).toBe(true);
    await watcher.close();
  });

  it('is told of everybody whom a list of contacts watches, one frame for each', async () => {
    const watcher = await signIn(alice);
    const contacts = await Promise.all(
      Array.from({ length: 60 }, (_, index) => server.addUser(`contact-${users}-${index}`)),
    );
    watcher.send(...contacts.map(({ address }) => ({ t: 'watch', peers: [address], on: true })));
    for (const { address } of contacts) expect((await watcher.next('presence')).from).toBe(address);
    await watcher.close();
  });

  it('of a user who is watched and at once not any more is not told', async () => {
    const watcher = await signIn(alice);
    watcher.send(
      { t: 'watch', peers: [bob.address], on: true },
      { t: 'watch', peers: [bob.address], on: false },
      { t: 'watch', peers: [alice.address], on: true },
    );
    await watcher.next('presence', ({ from }) => from === alice.address);
    const before = watcher.frames.filter(({ t }) => t === 'presence').length;
    const device = await signIn(bob);
    watcher.send({ t: 'ping' });
    await watcher.next('pong');
    expect(watcher.frames.filter(({ t }) => t === 'presence')).toHaveLength(before);
    await Promise.all([watcher.close(), device.close()]);
  });

  it('does not flicker when a user comes straight back', async () => {
    const [watcher, first] = [await signIn(alice), await signIn(bob)];
    watcher.send({ t: 'watch', peers: [bob.address], on: true });
    expect(await watcher.next('presence')).toMatchObject({ value: presenceValues.online });
    await first.close();
    await server.sessionsOf(1);
    clock.advance(1_000);
    const again = await signIn(bob);
    clock.advance(5_000);
    watcher.send({ t: 'ping' });
    await watcher.next('pong');
    expect(watcher.frames.filter(({ t }) => t === 'presence')).toEqual([]);
    await Promise.all([watcher.close(), again.close()]);
  });

  it('is not told any more after watching has ended', async () => {
    const watcher = await signIn(alice);
    watcher.send({ t: 'watch', peers: [bob.address], on: true });
    await watcher.next('presence');
    watcher.send({ t: 'watch', peers: [bob.address], on: false }, { t: 'ping' });
    await watcher.next('pong');
    const device = await signIn(bob);
    watcher.send({ t: 'ping' });
    await watcher.next('pong');
    expect(watcher.frames.filter(({ t }) => t === 'presence')).toEqual([]);
    await Promise.all([watcher.close(), device.close()]);
  });

  it('such as typing goes to the peer’s devices and nowhere else', async () => {
    const [from, to, other] = [await signIn(alice), await signIn(bob), await signIn(alice)];
    from.send({ t: 'presence', peer: bob.address, value: presenceValues.typing, interval: 6 });
    expect(await to.next('presence')).toEqual({
      t: 'presence',
      from: alice.address,
      value: presenceValues.typing,
      interval: 6,
    });
    other.send({ t: 'ping' });
    await other.next('pong');
    expect(other.frames.filter(({ t }) => t === 'presence')).toEqual([]);
    await Promise.all([from, to, other].map((client) => client.close()));
  });

  it('such as typing is told in the order in which it was said', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    const { typing, typingCleared } = presenceValues;
    const request = { name: 'Two', members: [bob.address] };
    from.send({ t: 'request', id: 1, op: 'groups.create', body: request });
    const { body } = await from.next('response');
    const { group } = body as { group: { gid: number } };
    await to.next('group');
    for (const target of [{ peer: bob.address }, { gid: group.gid }]) {
      from.send(
        { t: 'presence', ...target, value: typing, interval: 6 },
        { t: 'presence', ...target, value: typingCleared },
      );
      const told = [await to.next('presence'), await to.next('presence')];
      expect(told.map(({ value }) => value)).toEqual([typing, typingCleared]);
    }
    await Promise.all([from.close(), to.close()]);
  });
});
