import { closeCodes, limits } from '@stoa/protocol';
import { ManualClock, SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

describe('the socket door', () => {
  const clock = new ManualClock();
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;

  beforeAll(async () => {
    server = await startTestNode({ clock });
    alice = await server.addUser('alice');
    bob = await server.addUser('bob');
  });
  afterAll(() => server.close());

  /** The server still serves: a fresh connection signs in and sends. */
  async function expectAlive(): Promise<void> {
    const client = await SocketClient.open(server.url);
    await client.hello(alice.token);
    client.send({ t: 'ping' });
    await client.next('pong');
    await client.close();
  }

  const helloOf = (more: object) => ({
    t: 'hello',
    v: 1,
    token: alice.token,
    device: 'device-0123456789',
    ...more,
  });

  it('speaks JSON and msgpack to the same conversation', async () => {
    const json = await SocketClient.openJson(server.url);
    const msgpack = await SocketClient.open(server.url);
    await json.hello(alice.token);
    await msgpack.hello(bob.token);
    const data = Uint8Array.of(1, 2, 3);
    json.send({ t: 'send', id: 1, peer: 'bob', content: { text: 'as text', data } });
    expect((await msgpack.next('message')).content).toEqual({ text: 'as text', data });
    msgpack.send({ t: 'send', id: 1, peer: 'alice', content: { text: 'as bytes', data } });
    expect((await json.next('message')).content).toEqual({ text: 'as bytes', data });
    await Promise.all([json.close(), msgpack.close()]);
  });

  it('refuses other paths and subprotocols that it does not speak before anything is opened', async () => {
    const status = (path: string, protocols: string[]): Promise<number | undefined> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, protocols);
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('error', () => {});
      });
    expect(await status('/elsewhere', ['stoa.v1.json'])).toBe(404);
    expect(await status('/ws', ['stoa.v9.json'])).toBe(400);
  });

  it.each([
    ['an unknown token', { token: 'x'.repeat(40) }, 'BAD_TOKEN', closeCodes.unauthorized.code],
    ['a version of the future', { v: 2 }, 'UNSUPPORTED_VERSION', closeCodes.unsupportedVersion.code],
  ])('answers %s with a coded error and a final close code', async (_what, more, code, close) => {
    const client = await SocketClient.open(server.url);
    client.send(helloOf(more));
    expect(await client.next('error')).toMatchObject({ code, of: 'hello' });
    expect((await client.closed).code).toBe(close);
  });

  it('refuses a token issued for another app name, and takes it with the right one', async () => {
    const answer = await server.backend('useradd', {
      user: { address: 'appuser', token: { appid: 'com.example.one' } },
    });
    const { token } = answer.user as { token: string };
    const wrong = await SocketClient.open(server.url);
    wrong.send(helloOf({ token, app: 'com.example.two' }));
    const refused = await wrong.next('error');
    expect(refused.code).toBe('WRONG_APP');
    const right = await SocketClient.open(server.url);
    expect((await right.hello(token, { app: 'com.example.one' })).address).toBe('appuser');
    await right.close();
  });

  it('ends live sessions when their token is revoked or their user suspended', async () => {
    const user = await server.addUser('short-lived');
    const first = await SocketClient.open(server.url);
    await first.hello(user.token);
    await server.backend('deltoken', { user: { token: user.token } });
    expect((await first.closed).code).toBe(closeCodes.unauthorized.code);
    const { token } = await server.addUser('short-lived');
    const second = await SocketClient.open(server.url);
    await second.hello(token);
    await server.backend('userset', { user: { uid: user.uid, active: 0 } });
    expect((await second.closed).code).toBe(closeCodes.suspended.code);
  });

  it('takes nothing but hello from a stranger', async () => {
    const client = await SocketClient.open(server.url);
    client.send({ t: 'send', id: 1, peer: 'bob', content: {} });
    expect(await client.next('error')).toMatchObject({ code: 'HELLO_FIRST', of: 'send', id: 1 });
    await client.hello(alice.token);
    client.send(helloOf({}));
    expect(await client.next('error')).toMatchObject({ code: 'HELLO_TWICE' });
    await client.close();
  });

  it('names what is wrong with a frame, keeps the connection, and ends it after twenty', async () => {
    const client = await SocketClient.open(server.url);
    await client.hello(alice.token);
    client.send({ t: 'send', id: 3, peer: 'bob', content: 'text' });
    const error = await client.next('error');
    expect(error).toMatchObject({ code: 'BAD_FRAME', of: 'send', id: 3 });
    expect(error.message).toContain('send.content');
    client.send({ t: 'dance' });
    expect(await client.next('error')).toMatchObject({ code: 'UNKNOWN_FRAME', of: 'dance' });
    for (let count = 2; count < 20; count += 1) client.sendRaw(Uint8Array.of(0xc1));
    expect((await client.closed).code).toBe(closeCodes.tooManyBadFrames.code);
    await expectAlive();
  });

  it('closes a socket message that is larger than the limit, and lives', async () => {
    const client = await SocketClient.open(server.url);
    client.sendRaw(new Uint8Array(limits.socketMessageBytes + 1));
    expect((await client.closed).code).toBe(1009);
    await expectAlive();
  });

  it('survives random bytes and random text, before and after hello', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 200 }), fc.json()), {
          minLength: 1,
          maxLength: 10,
        }),
        async (signedIn, inputs) => {
          const client = await SocketClient.open(server.url);
          if (signedIn) await client.hello(alice.token);
          for (const input of inputs) client.sendRaw(input);
          client.send({ t: 'ping' });
          await client.next('pong');
          await client.close();
        },
      ),
      { numRuns: 40, seed: 1 },
    );
    await expectAlive();
  });

  it('survives frames with random fields, and answers each with an answer or a coded error', async () => {
    const type = fc.constantFrom('send', 'received', 'read', 'presence', 'watch', 'history', 'hello');
    const value = fc.oneof(
      fc.integer(),
      fc.string(),
      fc.constantFrom('bob', 1, 0, -1, null, true),
      fc.object({ maxDepth: 2 }),
    );
    const frame = fc
      .tuple(
        type,
        fc.dictionary(
          fc.constantFrom(
            'id',
            'peer',
            'gid',
            'content',
            'conv',
            'seq',
            'peers',
            'on',
            'limit',
            'value',
            'flags',
          ),
          value,
        ),
      )
      .map(([t, fields]) => ({ t, ...fields }));
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 15 }), async (frames) => {
        const client = await SocketClient.open(server.url);
        await client.hello(alice.token);
        client.send(...frames);
        client.send({ t: 'ping' });
        await client.next('pong');
        for (const answer of client.frames)
          if (answer.t === 'error') expect(answer.code).not.toBe('INTERNAL');
        await client.close();
      }),
      { numRuns: 40, seed: 2 },
    );
    await expectAlive();
  });

  it('closes a connection that does not say hello, and one that falls silent; pings keep the others', async () => {
    const stranger = await SocketClient.open(server.url);
    const silent = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, ['stoa.v1.json']);
    const silentClosed = new Promise<number>((resolve) => silent.on('close', resolve));
    await new Promise((resolve) => silent.once('open', resolve));
    silent.send(JSON.stringify(helloOf({ device: 'device-that-is-silent' })));
    const user = await SocketClient.open(server.url);
    await user.hello(bob.token);
    await server.sessionsOf(2);
    // The user answers every ping before time goes on; the silent one never does.
    for (let second = 0; second < 12; second += 1) {
      clock.advance(1_000);
      user.send({ t: 'ping' });
      stranger.send({ t: 'ping' });
      await user.next('pong');
    }
    expect((await stranger.closed).code).toBe(closeCodes.helloTimeout.code);
    expect([1006, closeCodes.heartbeatTimeout.code]).toContain(await silentClosed);
    user.send({ t: 'ping' });
    await user.next('pong');
    await user.close();
  });

  it('ends a session when its token expires', async () => {
    const answer = await server.backend('useradd', {
      user: { address: 'guest', token: { v2: true, expiry: 1 } },
    });
    const { token } = answer.user as { token: string };
    const guest = await SocketClient.open(server.url);
    await guest.hello(token);
    for (let second = 0; second < 61; second += 1) {
      clock.advance(1_000);
      guest.send({ t: 'ping' });
      if (second < 59) await guest.next('pong');
    }
    expect((await guest.closed).code).toBe(closeCodes.unauthorized.code);
  });

  it('answers a flood of requests for history one by one, and refuses what is too much', async () => {
    const reader = await SocketClient.open(server.url);
    await reader.hello(alice.token);
    reader.send(
      ...Array.from({ length: 200 }, (_, index) => ({
        t: 'history',
        id: index + 1,
        peer: 'bob',
        limit: 100,
      })),
    );
    expect(await reader.next('error')).toMatchObject({ code: 'TOO_MANY', of: 'history' });
    expect(await reader.next('page')).toMatchObject({ id: 1 });
    await reader.close();
  });

  it('goes on with messages when a device that did not keep up reads again', async () => {
    const [from, to] = [await server.addUser('fast'), await server.addUser('slow')];
    const sender = await SocketClient.open(server.url);
    await sender.hello(from.token);
    const text = 'x'.repeat(60_000);
    for (let id = 1; id <= 60; id += 1) sender.send({ t: 'send', id, peer: 'slow', content: { text } });
    await sender.next('sent', ({ id }) => id === 60);
    const device = await SocketClient.open(server.url);
    device.pause();
    device.send({ t: 'hello', v: 1, token: to.token, device: 'a-device-that-is-slow' });
    await server.sessionsOf(2);
    device.resume();
    // Nothing is acknowledged: only the drained connection can set it going again.
    await device.next('message', ({ seq }) => seq === 60);
    await Promise.all([sender.close(), device.close()]);
  });

  it('asks a connection that has been quiet', async () => {
    const quiet = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, ['stoa.v1.json']);
    await new Promise((resolve) => quiet.once('open', resolve));
    const pinged = new Promise<void>((resolve) =>
      quiet.on('message', (data) => String(data).includes('"ping"') && resolve()),
    );
    clock.advance(5_000);
    await pinged;
    quiet.close();
  });
});

it('limits the connections of one address and the sessions of one user', async () => {
  const env = { STOA_LIMIT_LOOPBACK: 'true', STOA_CONNECTIONS_PER_ADDRESS: '3', STOA_SESSIONS_PER_USER: '1' };
  const server = await startTestNode({ env });
  const alice = await server.addUser('alice');
  const first = await SocketClient.open(server.url);
  await first.hello(alice.token);
  const second = await SocketClient.open(server.url);
  second.send({ t: 'hello', v: 1, token: alice.token, device: 'another-device-0001' });
  expect(await second.next('error')).toMatchObject({ code: 'TOO_MANY' });
  expect((await second.closed).code).toBe(closeCodes.tooMany.code);
  const more = [await SocketClient.open(server.url), await SocketClient.open(server.url)];
  await expect(SocketClient.open(server.url)).rejects.toThrow('429');
  await Promise.all([first, ...more].map((client) => client.close()));
  await server.close();
});

it('tells a user who sends too fast when to go on', async () => {
  const clock = new ManualClock();
  const server = await startTestNode({
    clock,
    env: { STOA_LIMIT_LOOPBACK: 'true', STOA_MESSAGES_PER_SECOND: '5' },
  });
  const alice = await server.addUser('alice');
  const client = await SocketClient.open(server.url);
  await client.hello(alice.token);
  client.send(...[1, 2, 3, 4, 5, 6].map((id) => ({ t: 'send', id, peer: 'alice', content: {} })));
  const refused = await client.next('error');
  expect(refused).toMatchObject({ code: 'RATE_LIMITED', id: 6 });
  clock.advance(refused.retryAfter ?? 0);
  // What was on its way behind the refused message must not overtake it.
  client.send({ t: 'send', id: 7, peer: 'alice', content: {} });
  expect(await client.next('error')).toMatchObject({ code: 'RATE_LIMITED', id: 7 });
  client.send({ t: 'send', id: 6, peer: 'alice', content: {} });
  expect(await client.next('sent', ({ id }) => id === 6)).toMatchObject({ seq: 6 });
  clock.advance(1_000);
  client.send({ t: 'send', id: 7, peer: 'alice', content: {} });
  expect(await client.next('sent', ({ id }) => id === 7)).toMatchObject({ seq: 7 });
  await client.close();
  await server.close();
});
