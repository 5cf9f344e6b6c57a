import { closeCodes } from '@stoa/protocol';
import {
  backend,
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  testAdminPassword,
  testAppToken,
} from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

interface SignedIn {
  readonly client: SocketClient;
  readonly dev: number;
}

describe('the devices of a user', () => {
  let server: TestNode;
  let alice: TestUser;
  let users = 0;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode({ env: { STOA_DEVICES_PER_USER: '2' } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    return async () => {
      for (const client of clients.splice(0)) client.terminate();
      await server.sessionsOf(0);
    };
  });

  const deviceOf = (name: string) => `device-of-alice-${name}`;
  const runOf = (name: string) => `run-of-the-client-${name}`;

  async function open(): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    clients.push(client);
    return client;
  }

  async function signIn(name: string, run = '1', token = alice.token): Promise<SignedIn> {
    const client = await open();
    const more = { device: deviceOf(name), run: runOf(run), agent: `agent ${name}` };
    const { dev } = await client.hello(token, more);
    return { client, dev };
  }

  /** The error and the close code with which the device is refused. */
  async function refusal(name: string, run = '1', token = alice.token): Promise<[string, number]> {
    const client = await open();
    client.send({ t: 'hello', v: 1, token, device: deviceOf(name), run: runOf(run) });
    const { code, of } = await client.next('error');
    expect(of).toBe('hello');
    return [code, (await client.closed).code];
  }

  /** The error and the close code with which a session ends. */
  async function end({ client }: SignedIn): Promise<[string, number]> {
    const { code, of } = await client.next('error');
    expect(of).toBeUndefined();
    return [code, (await client.closed).code];
  }

  async function ask(client: SocketClient, op: string, body = {}) {
    client.send({ t: 'request', id: 1, op, body });
    return (await client.next('response')).body;
  }

  const v1 = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.url}/v1/users/${alice.address}${path}`, {
      method,
      headers: { authorization: `Bearer ${testAppToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
  };

  const displaced = ['DISPLACED', closeCodes.signedOut.code];
  const signedOut = ['SIGNED_OUT', closeCodes.signedOut.code];

  it('are listed with what they are, the connected ones first', async () => {
    const before = Date.now();
    const phone = await signIn('phone');
    const laptop = await signIn('laptop');
    await phone.client.close();
    await server.sessionsOf(1);
    const { devices } = (await ask(laptop.client, 'devices.list')) as { devices: Record<string, unknown>[] };
    expect(devices).toMatchObject([
      { dev: laptop.dev, agent: 'agent laptop', online: true, current: true },
      { dev: phone.dev, agent: 'agent phone', online: false, current: false },
    ]);
    for (const { createdAt, lastSeen } of devices) {
      expect(createdAt).toBeGreaterThanOrEqual(before);
      expect(lastSeen).toBeGreaterThanOrEqual(Number(createdAt));
    }
    expect((await v1('GET', '/devices')).body).toMatchObject({
      data: [{ dev: laptop.dev }, { dev: phone.dev }],
      nextCursor: null,
    });
  });

  it('that are too many displace the one that is not connected, though others were there before', async () => {
    const first = await signIn('first');
    const second = await signIn('second');
    await second.client.close();
    await server.sessionsOf(1);
    await signIn('third');
    expect(await refusal('second')).toEqual(displaced);
    first.client.send({ t: 'ping' });
    await first.client.next('pong');
  });

  it('end with a reason when they are displaced, stay away by themselves, and displace in turn when they are started', async () => {
    const first = await signIn('first');
    const second = await signIn('second');
    await signIn('third');
    expect(await end(first)).toEqual(displaced);
    expect(await refusal('first')).toEqual(displaced);
    const again = await signIn('first', 'another');
    expect(again.dev).toBe(first.dev);
    expect(await end(second)).toEqual(displaced);
  });

  it('do not displace anybody when they come back', async () => {
    const first = await signIn('first');
    const second = await signIn('second');
    await first.client.close();
    await signIn('first');
    await second.client.close();
    await signIn('second', 'another');
    await server.sessionsOf(2);
  });

  it('that connect again before the old connection was missed close it, to be resumed', async () => {
    const old = await signIn('phone');
    await signIn('phone');
    expect((await old.client.closed).code).toBe(closeCodes.replaced.code);
    await server.sessionsOf(1);
  });

  it('exist once: a copy that signs in ends the session of the other one', async () => {
    const original = await signIn('phone', 'original');
    const copy = await signIn('phone', 'copy');
    expect(await end(original)).toEqual(displaced);
    expect(copy.dev).toBe(original.dev);
    await server.sessionsOf(1);
  });

  it('are signed out by each other, and come back with another token only', async () => {
    const { token } = await server.addUser(alice.address);
    const phone = await signIn('phone', '1', alice.token);
    const laptop = await signIn('laptop', '1', token);
    expect(await ask(laptop.client, 'devices.signOut', { dev: phone.dev })).toEqual({});
    expect(await end(phone)).toEqual(signedOut);
    const { devices } = (await ask(laptop.client, 'devices.list')) as { devices: object[] };
    expect(devices).toMatchObject([{ dev: laptop.dev }]);
    // Nobody else used the token: it is void, on any device.
    expect(await refusal('phone', '2')).toEqual(['BAD_TOKEN', closeCodes.unauthorized.code]);
    expect(await refusal('tablet')).toEqual(['BAD_TOKEN', closeCodes.unauthorized.code]);
    expect((await signIn('phone', '2', token)).dev).toBe(phone.dev);
  });

  it('keep a token that they share when one of them is signed out, which is refused all the same', async () => {
    const phone = await signIn('phone');
    const laptop = await signIn('laptop');
    await ask(laptop.client, 'devices.signOut', { dev: phone.dev });
    expect(await end(phone)).toEqual(signedOut);
    expect(await refusal('phone', 'another')).toEqual(signedOut);
    await laptop.client.close();
    await signIn('laptop', '2');
  });

  it('get an answer when they sign themselves out', async () => {
    const phone = await signIn('phone');
    expect(await ask(phone.client, 'devices.signOut', { dev: phone.dev })).toEqual({});
    expect(await end(phone)).toEqual(signedOut);
  });

  it('are not signed out by other users', async () => {
    const phone = await signIn('phone');
    const bob = await server.addUser(`bob-${users}`);
    const other = await open();
    await other.hello(bob.token);
    other.send({ t: 'request', id: 1, op: 'devices.signOut', body: { dev: phone.dev } });
    expect(await other.next('error')).toMatchObject({ code: 'NOT_FOUND', of: 'request', id: 1 });
    phone.client.send({ t: 'ping' });
    await phone.client.next('pong');
  });

  it('are signed out by the operator, one or all', async () => {
    const [phone, laptop] = [await signIn('phone'), await signIn('laptop')];
    expect((await v1('DELETE', `/devices/${phone.dev}`)).status).toBe(204);
    expect(await end(phone)).toEqual(signedOut);
    expect((await v1('DELETE', '/devices/999999')).status).toBe(404);
    expect((await v1('DELETE', '/devices')).status).toBe(204);
    expect(await end(laptop)).toEqual(signedOut);
    expect((await v1('GET', '/devices')).body).toMatchObject({ data: [] });
  });

  it('are as many as their app says', async () => {
    const basic = Buffer.from(`admin:${testAdminPassword}`).toString('base64');
    const admin = (method: string, path: string, body: object) =>
      fetch(`${server.url}/v1${path}`, {
        method,
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then((response) => response.json());
    const app = await admin('POST', '/apps', { name: 'one device' });
    await admin('PATCH', `/apps/${app.aid}`, { settings: { devicesPerUser: 1 } });
    const user = { address: 'alice', token: { v2: true } };
    const { user: made } = await backend(server.url, 'useradd', { user }, app.token);
    const { token } = made as { token: string };
    const phone = await signIn('phone', '1', token);
    await signIn('laptop', '1', token);
    const { code, message } = await phone.client.next('error');
    expect([code, message]).toEqual(['DISPLACED', 'The user signed in elsewhere.']);
    expect(await refusal('phone', '1', token)).toEqual(displaced);
    await signIn('phone', '2', token);
  });
});
