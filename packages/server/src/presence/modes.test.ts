import { type PresenceMode, presenceValues } from '@stoa/protocol';
import { ManualClock, SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

describe('a user is online', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let users = 0;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode({ clock });
  });
  afterAll(() => server.close());
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.sessionsOf(0);
  });

  async function signIn(user: TestUser, front?: boolean): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    await client.hello(user.token, front === undefined ? {} : { front });
    clients.push(client);
    return client;
  }

  /** Somebody who is told of bob, and bob's devices. */
  async function setUp(mode?: PresenceMode) {
    users += 1;
    const [alice, bob] = [await server.addUser(`alice-${users}`), await server.addUser(`bob-${users}`)];
    const watcher = await signIn(alice);
    watcher.send({ t: 'watch', peers: [bob.address], on: true });
    const told = async (): Promise<string> => {
      for (let patience = 200; ; patience--) {
        try {
          const { value } = await watcher.next('presence', ({ from }) => from === bob.address, 100);
          return value === presenceValues.online ? 'online' : 'offline';
        } catch (error) {
          if (patience === 0) throw error;
          // What ends may have ended only now, and its time of grace with it.
          await pass();
        }
      }
    };
    expect(await told()).toBe('offline');
    /** Whether he is by what the server thinks now, told to somebody new. */
    const now = async (): Promise<string> => {
      watcher.send({ t: 'watch', peers: [bob.address], on: false });
      watcher.send({ t: 'watch', peers: [bob.address], on: true });
      return told();
    };
    const say = async (client: SocketClient, presence: PresenceMode): Promise<void> => {
      client.send({ t: 'request', id: 1, op: 'profile.set', body: { presence } });
      await client.next('response');
      await pass();
    };
    if (mode !== undefined) {
      const first = await signIn(bob, false);
      await say(first, mode);
      clients.splice(clients.indexOf(first), 1);
      await first.close();
      await server.sessionsOf(1);
    }
    return { bob, watcher, told, now, say };
  }

  /** More than the time of grace, in which everybody is heard. */
  async function pass(): Promise<void> {
    for (const client of clients) client.send({ t: 'ping' });
    await Promise.all(clients.map((client) => client.next('pong').catch(() => {})));
    clock.advance(3_500);
  }

  async function front(client: SocketClient, on: boolean): Promise<void> {
    client.send({ t: 'front', on });
    await pass();
  }

  it('while the application is in front on one of his devices', async () => {
    const { bob, told, now } = await setUp();
    const phone = await signIn(bob, false);
    expect(await now()).toBe('offline');
    await front(phone, true);
    expect(await told()).toBe('online');
    const laptop = await signIn(bob);
    await front(phone, false);
    expect(await now()).toBe('online');
    await front(laptop, false);
    expect(await told()).toBe('offline');
    await front(phone, true);
    expect(await told()).toBe('online');
  });

  it('while a device is connected, if he wants it so', async () => {
    const { bob, told, now, say } = await setUp({ mode: 'login' });
    const phone = await signIn(bob, false);
    expect(await told()).toBe('online');
    await front(phone, true);
    await front(phone, false);
    expect(await now()).toBe('online');
    await say(phone, { mode: 'foreground' });
    expect(await told()).toBe('offline');
  });

  it('when he says so, on all his devices and over their restarts', async () => {
    const { bob, told, now, say } = await setUp();
    const [phone, laptop] = [await signIn(bob), await signIn(bob)];
    expect(await told()).toBe('online');
    await say(phone, { mode: 'manual', online: false });
    expect(await told()).toBe('offline');
    await front(laptop, true);
    for (const client of clients.splice(1)) await client.close();
    const again = await signIn(bob);
    expect(await now()).toBe('offline');
    await say(again, { mode: 'manual', online: true });
    expect(await told()).toBe('online');
    await front(again, false);
    expect(await now()).toBe('online');
    again.send({ t: 'request', id: 2, op: 'profile.get', body: {} });
    const { body } = await again.next('response', ({ id }) => id === 2);
    expect(body).toMatchObject({ profile: { presence: { mode: 'manual', online: true } } });
  });
});
