import { closeCodes, jsonCodec } from '@stoa/protocol';
import { expect, it, vi } from 'vitest';
import { startOfTime } from '../testing/scripted-server.ts';
import { online, scripted } from '../testing/test-client.ts';

const statesOf = (test: { of(name: 'status'): { state: string }[][] }) =>
  test.of('status').map(([status]) => status?.state);

it('signs in and says who it is', async () => {
  const { server, test, client } = await scripted({ app: 'shop', agent: 'shop 1.0' });
  expect(client.status).toEqual({ state: 'stopped' });
  await client.start();
  const connection = await server.connection();
  const hello = await connection.welcome();
  await test.status('online');
  expect(hello).toEqual({
    t: 'hello',
    v: 1,
    token: 'a token of a user',
    app: 'shop',
    agent: 'shop 1.0',
    device: expect.stringMatching(/^[0-9a-f]{32}$/),
    run: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(client.self).toEqual({ uid: 1, address: 'alice', name: 'Alice', dev: 7 });
  expect(client.status).toEqual({ state: 'online', self: client.self });
  expect(statesOf(test)).toEqual(['connecting', 'online']);
});

it('speaks JSON when it is told to', async () => {
  const { connection, test } = await online({ codec: 'json' });
  connection.sendRaw(String(jsonCodec.encode({ t: 'presence', from: 'bob', value: 1 })));
  await test.count('presence', 1);
});

it('answers pings', async () => {
  const { connection } = await online();
  connection.send({ t: 'ping' });
  await connection.next('pong');
});

it('comes back after longer and longer pauses, and begins anew after a connection that lasted', async () => {
  const { server, test, client } = await scripted();
  await client.start();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    (await server.connection()).terminate();
    await test.status('offline');
    const { status } = client;
    if (status.state === 'offline') pauses.push(status.retryInMs);
    test.clock.advance(status.state === 'offline' ? status.retryInMs : 0);
  }
  expect(pauses).toEqual([300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 30_000, 30_000]);

  const connection = await server.connection();
  await connection.welcome();
  await test.status('online');
  test.clock.advance(5_000);
  connection.terminate();
  await test.status('offline');
  expect(client.status).toMatchObject({ retryInMs: 300 });
});

it('comes back within a second for a user in a room', async () => {
  const { server, test, client, connection: first } = await online();
  client.request('rooms.alive', { gid: 1, session: 'one' }).catch(() => {});
  await first.next('request');
  let connection = first;
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    connection.terminate();
    await test.status('offline');
    const { status } = client;
    if (status.state === 'offline') pauses.push(status.retryInMs);
    test.clock.advance(1_000);
    connection = await server.connection();
  }
  expect(pauses).toEqual([300, 600, 1_000, 1_000, 1_000]);
});

it('does not take a connection for a success that ends at once', async () => {
  const { server, test, client } = await scripted();
  await client.start();
  (await server.connection()).terminate();
  await test.status('offline');
  test.clock.advance(300);
  const connection = await server.connection();
  await connection.welcome();
  await test.status('online');
  connection.terminate();
  await test.status('offline');
  expect(client.status).toMatchObject({ retryInMs: 600 });
});

it('gives up a server that does not answer hello within ten seconds', async () => {
  const { server, test, client } = await scripted();
  await client.start();
  const connection = await server.connection();
  await connection.next('hello');
  test.clock.advance(9_999);
  expect(client.status.state).toBe('connecting');
  test.clock.advance(1);
  expect(client.status).toMatchObject({ state: 'offline', reason: 'The server did not answer.' });
  await connection.closed;
});

it('waits as long as the server asks for', async () => {
  const { server, test, client } = await scripted();
  await client.start();
  const connection = await server.connection();
  await connection.next('hello');
  const error = { t: 'error', code: 'UNAVAILABLE', message: 'Full.', hint: '', of: 'hello' } as const;
  connection.send({ ...error, retryAfter: 20_000 });
  await test.status('offline');
  expect(client.status).toEqual({ state: 'offline', reason: 'Full.', retryInMs: 20_300 });
  await connection.closed;
});

it('asks a silent server before it is dead, and leaves it in less than ten seconds', async () => {
  const { connection, server, test, client } = await online();
  test.clock.advance(6_000);
  await connection.next('ping');
  test.clock.advance(2_999);
  expect(client.status.state).toBe('online');
  test.clock.advance(1);
  expect(client.status).toMatchObject({ state: 'offline', reason: 'Nothing was heard from the server.' });
  test.clock.advance(300);
  await (await server.connection()).welcome();
  await test.status('online');
});

it('stays while something is heard', async () => {
  const { connection, test, client } = await online();
  for (let second = 0; second < 60; second += 5) {
    test.clock.advance(5_000);
    await connection.settled();
  }
  expect(client.status.state).toBe('online');
  test.clock.advance(6_000);
  await connection.next('ping');
  connection.send({ t: 'pong' });
  await connection.settled();
  test.clock.advance(5_999);
  expect(client.status.state).toBe('online');
});

it('probes the connection when the page becomes visible, and after two seconds leaves it', async () => {
  const { connection, test, client } = await online();
  test.environment.change('visible');
  await connection.next('ping');
  connection.send({ t: 'pong' });
  await connection.settled();
  test.clock.advance(2_000);
  expect(client.status.state).toBe('online');

  test.environment.change('visible');
  await connection.next('ping');
  test.clock.advance(2_000);
  expect(client.status.state).toBe('offline');
});

it.each(['online', 'visible'] as const)('connects at once when the environment turns %s', async (change) => {
  const { server, test, client } = await scripted();
  await client.start();
  for (let attempt = 0; attempt < 5; attempt++) {
    (await server.connection()).terminate();
    await test.status('offline');
    if (attempt < 4 && client.status.state === 'offline') test.clock.advance(client.status.retryInMs);
  }
  test.environment.change('offline');
  expect(client.status.state).toBe('offline');
  test.environment.change(change);
  await (await server.connection()).welcome();
  await test.status('online');
});

it('begins an attempt anew that hung when the network came', async () => {
  const sockets: string[] = [];
  const { test, client } = await scripted({
    webSocket: (url) => {
      sockets.push(url);
      return {
        binaryType: '',
        protocol: '',
        addEventListener() {},
        send() {},
        close: () => sockets.push('closed'),
      };
    },
  });
  await client.start();
  test.environment.change('visible');
  expect(sockets).toHaveLength(1);
  test.environment.change('online');
  expect(sockets).toEqual([sockets[0], 'closed', sockets[0]]);
});

it.each([
  ['BAD_TOKEN', 'unauthorized'],
  ['TOKEN_EXPIRED', 'unauthorized'],
  ['WRONG_APP', 'unauthorized'],
  ['SUSPENDED', 'suspended'],
  ['UNSUPPORTED_VERSION', 'unsupportedVersion'],
] as const)('stays away when it is refused with %s', async (code, close) => {
  const { server, test, client } = await scripted();
  await client.start();
  const connection = await server.connection();
  await connection.next('hello');
  connection.send({ t: 'error', code, message: 'No.', hint: 'Do better.', of: 'hello' });
  connection.close(closeCodes[close].code, closeCodes[close].reason);
  await test.status('refused');
  expect(client.status).toMatchObject({
    error: { code, message: 'No.', hint: 'Do better.' },
    signedOut: false,
  });
  expect(test.of('problem')).toEqual([]);
  test.clock.advance(3_600_000);
  test.environment.change('online');
  expect(client.status.state).toBe('refused');
  expect(test.environment.listeners).toBe(0);

  await client.start();
  await (await server.connection()).welcome();
  await test.status('online');
});

it('tells when the user was signed out', async () => {
  const { connection, test, client } = await online();
  connection.close(closeCodes.signedOut.code, 'You signed in elsewhere.');
  await test.status('refused');
  expect(client.status).toMatchObject({
    signedOut: true,
    error: { code: 'DISPLACED', message: 'You signed in elsewhere.' },
  });
});

it.each(['SIGNED_OUT', 'DISPLACED'])(
  'knows what to do about %s from what the server said before',
  async (code) => {
    const { connection, test, client } = await online();
    connection.send({ t: 'error', code, message: 'Because.', hint: 'Do.' });
    connection.close(closeCodes.signedOut.code, closeCodes.signedOut.reason);
    await test.status('refused');
    expect(client.status).toMatchObject({
      signedOut: true,
      error: { code, message: 'Because.', hint: 'Do.' },
    });
    expect(test.of('problem')).toEqual([]);
  },
);

it('names the same run while it comes back by itself, and another one each time it is started', async () => {
  const { server, test, client } = await scripted();
  const runs: (string | undefined)[] = [];
  await client.start();
  for (const close of [closeCodes.drain, closeCodes.signedOut, closeCodes.drain]) {
    const connection = await server.connection();
    runs.push((await connection.welcome()).run);
    await test.status('online');
    await client.start();
    connection.close(close.code, close.reason);
    if (close === closeCodes.drain) {
      await test.status('offline');
      test.clock.advance(1_000);
    } else {
      await test.status('refused');
      await client.start();
    }
  }
  await (await server.connection()).welcome();
  await test.status('online');
  await client.stop();
  await client.start();
  runs.push((await (await server.connection()).next('hello')).run);
  expect(runs[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(runs[1]).toBe(runs[0]);
  expect(new Set(runs).size).toBe(3);
});

it('says why the server ended a session', async () => {
  const { connection, test, client } = await online();
  connection.send({ t: 'error', code: 'TOKEN_EXPIRED', message: 'It is over.', hint: 'Renew it.' });
  connection.close(closeCodes.unauthorized.code);
  await test.status('refused');
  expect(client.status).toMatchObject({ error: { code: 'TOKEN_EXPIRED', message: 'It is over.' } });
  expect(test.of('problem')).toEqual([]);
});

it('comes back after a restart of the server', async () => {
  const { connection, server, test } = await online();
  connection.close(closeCodes.drain.code, closeCodes.drain.reason);
  await test.status('offline');
  test.clock.advance(300);
  await (await server.connection()).welcome();
  await test.status('online');
});

it('leaves a server that sends what is not well-formed', async () => {
  const { connection, test } = await online();
  connection.sendRaw(new Uint8Array([0xc1]));
  await test.status('offline');
  await connection.closed;
});

it('ignores frames that it does not know', async () => {
  const { connection, test } = await online();
  connection.sendRaw(new Uint8Array([0x81, 0xa1, 0x74, 0xa3, 0x6e, 0x65, 0x77]));
  await connection.settled();
  expect(test.of('problem')).toEqual([]);
});

it('stops, and starts again with the same device', async () => {
  const { server, test, client } = await scripted();
  await client.start();
  const first = await server.connection();
  const { device } = await first.welcome();
  await test.status('online');
  await client.stop();
  await first.closed;
  expect(client.status.state).toBe('stopped');
  expect(test.environment.listeners).toBe(0);
  test.clock.advance(3_600_000);
  expect(server.waiting).toBe(0);

  await client.start();
  expect((await (await server.connection()).welcome()).device).toBe(device);
  await test.status('online');
});

it('does not connect when it was stopped while the store opened', async () => {
  const { server, test, client } = await scripted();
  const started = client.start();
  await client.stop();
  await started;
  expect(test.of('status')).toEqual([]);
  expect(server.waiting).toBe(0);
});

it('reports a WebSocket that cannot be made as a failed attempt', async () => {
  const { test, client } = await scripted({
    webSocket: () => {
      throw new Error('not allowed here');
    },
  });
  await client.start();
  await test.status('offline');
  expect(client.status).toMatchObject({ reason: 'not allowed here' });
});

it('sends nothing into a socket that is closing', async () => {
  const sockets: WebSocket[] = [];
  const { client, test } = await online({
    webSocket: (url, protocols) => {
      const socket = new WebSocket(url, protocols);
      sockets.push(socket);
      return socket;
    },
  });
  const [socket] = sockets;
  if (socket === undefined) throw new Error('there is no socket');
  const send = vi.spyOn(socket, 'send');
  socket.close();
  client.send({ peer: 'bob' }, { content: { text: 'soon' } });
  await test.status('offline');
  expect(send).not.toHaveBeenCalled();
});

it('goes by the server’s time', async () => {
  const { server, test, client } = await scripted();
  await client.start();
  expect(client.serverTime()).toBe(startOfTime);
  await (await server.connection()).welcome({ time: startOfTime + 60_000 });
  await test.status('online');
  test.clock.advance(10);
  expect(client.serverTime()).toBe(startOfTime + 60_010);
});
