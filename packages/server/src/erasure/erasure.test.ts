import {
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  tempFolder,
  testAppToken,
} from '@stoa/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('erasing and exporting a user', { timeout: 120_000 }, () => {
  const folder = tempFolder();
  const open: SocketClient[] = [];
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;

  beforeEach(async () => {
    server = await startTestNode({ dataDir: folder.path, env: { STOA_MESSAGES_PER_SECOND: '0' } });
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
  });
  afterEach(async () => {
    for (const client of open.splice(0)) client.terminate();
    await server.close();
  });
  afterAll(() => folder.remove());

  async function signIn(user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    open.push(client);
    await client.hello(user.token);
    return client;
  }
  function v1(method: string, path: string): Promise<Response> {
    return fetch(`${server.url}/v1${path}`, { method, headers: { authorization: `Bearer ${testAppToken}` } });
  }
  const text = (id: number, peer: string, value = `${id}`) => ({
    t: 'send',
    id,
    peer,
    content: { text: value },
  });
  async function sendMany(client: SocketClient, count: number, value: string): Promise<void> {
    const ids = Array.from({ length: count }, (_, index) => index + 1);
    for (let start = 0; start < count; start += 200) {
      const part = ids.slice(start, start + 200);
      client.send(...part.map((id) => text(id, bob.address, value)));
      for (const id of part) await client.next('sent', (sent) => sent.id === id);
    }
  }
  async function exported(address: string) {
    const response = await v1('GET', `/users/${address}/export`);
    const body = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    const lines = body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { body, lines, messages: lines.filter(({ kind }) => kind === 'message') };
  }
  /** What is exported once it fits; it is read again and again while the node works in the background. */
  async function exportedWhen(address: string, fits: (body: string) => boolean) {
    await expect
      .poll(async () => fits((await exported(address)).body), { timeout: 60_000, interval: 20 })
      .toBe(true);
    return exported(address);
  }

  it('exports everything that is his, in lines, and no secret', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    from.send({ ...text(1, bob.address), content: { data: Uint8Array.of(1, 2), text: 'hello' } });
    await from.next('sent');
    to.send(text(1, alice.address));
    await to.next('sent');
    from.send(text(2, alice.address));
    await from.next('sent');
    from.send({ ...text(3, bob.address), at: Date.now() + 3_600_000 });
    await from.next('scheduled');
    const values = [{ key: 'draft:peer/bob', value: { text: 'x' } }];
    from.send({ t: 'request', id: 1, op: 'state.set', body: { values } });
    await from.next('response');
    const { body, lines } = await exported(alice.address);
    expect(body).not.toContain(alice.token);
    const kinds = ['profile', 'device', 'token', 'value', 'scheduled', 'conversation', 'message'];
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(kinds));
    const peers = lines.filter(({ kind }) => kind === 'conversation').map(({ peer }) => peer);
    expect(peers.sort()).toEqual([alice.address, bob.address]);
    expect(lines).toContainEqual({ kind: 'value', key: 'draft:peer/bob', value: { text: 'x' } });
    expect(lines).toContainEqual(
      expect.objectContaining({
        kind: 'message',
        from: alice.address,
        type: 0,
        content: { text: 'hello', data: { $bytes: 'AQI=' } },
      }),
    );
  });

  it('exports conversations of any length, each message once', async () => {
    await sendMany(await signIn(alice), 180, 'x');
    const { messages } = await exported(alice.address);
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 180 }, (_, index) => index + 1));
  });

  it.each([
    ['GET', '/users/nobody/export', 404],
    ['DELETE', '/users/nobody?erase=true', 404],
    ['DELETE', '/users/nobody?erase=perhaps', 400],
  ])('refuses %s %s', async (method, path, status) => {
    expect((await v1(method, path)).status).toBe(status);
  });

  it('refuses to erase a number that nobody has', async () => {
    const erased = await server.backend('userdel', { user: { uid: 4_000_000_000, erase: 1 } });
    expect(erased).toMatchObject({ result: false, error: 'NOTFOUND' });
  });

  it('erases what he wrote and who he was, and leaves others what is theirs', async () => {
    const [from, to] = [await signIn(alice), await signIn(bob)];
    from.send(text(1, bob.address, 'mine'), text(2, bob.address, 'mine too'));
    const { conv } = await from.next('sent', ({ id }) => id === 2);
    to.send(text(1, alice.address, 'of bob'));
    await to.next('sent');
    expect((await v1('DELETE', `/users/${alice.address}?erase=true`)).status).toBe(204);
    expect((await from.closed).code).toBe(4500);
    expect((await v1('GET', `/users/${alice.address}`)).status).toBe(404);
    const erased = `erased-${alice.uid}`;
    const late = await signIn(bob);
    expect(await late.next('conversation')).toMatchObject({ conv, peer: erased, name: '' });
    const { messages } = await exportedWhen(bob.address, (body) => !body.includes('mine'));
    expect(messages).toMatchObject([
      { from: erased, gone: 'erased' },
      { from: erased, gone: 'erased' },
      { from: bob.address, to: erased, content: { text: 'of bob' } },
    ]);
    // The address is free, and whoever gets it begins anew.
    const again = await signIn(await server.addUser(alice.address));
    again.send({ t: 'history', id: 1, peer: bob.address, limit: 10 });
    expect((await again.next('page')).messages).toEqual([]);
  });

  it('goes on after a restart, also of one who was removed before', async () => {
    await sendMany(await signIn(alice), 1_200, 'secret');
    await server.backend('userdel', { user: { uid: alice.uid } });
    const begun = await server.backend('userdel', { user: { uid: alice.uid, erase: 1 } });
    expect(begun).toMatchObject({ result: true });
    await server.close();
    server = await startTestNode({ dataDir: folder.path });
    const { messages } = await exportedWhen(bob.address, (body) => !body.includes('secret'));
    expect(messages).toHaveLength(1_200);
  });
});
