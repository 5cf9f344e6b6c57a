import { readFile } from 'node:fs/promises';
import { InProcessHub } from '@stoa/bus';
import {
  addUser,
  type BackendAnswer,
  ManualClock,
  ServerProcess,
  SocketClient,
  startJoinedNodes,
  startTestNode,
  type TestNode,
  type TestUser,
  tempFolder,
  testAppToken,
} from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backOffMs } from './back-off.ts';
import { type ReceivedEvent, Receiver } from './testing/receiver.ts';

const hour = 3_600_000;

/** Calls the REST API of a node with the app token. */
async function v1(url: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${url}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${testAppToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const say = (url: string, from: string, to: string, text = 'hello') =>
  v1(url, 'POST', '/messages', { from, to, content: { text } });

describe('webhooks', { timeout: 60_000 }, () => {
  const clock = new ManualClock();
  let server: TestNode;
  let receiver: Receiver;
  let alice: TestUser;
  let bob: TestUser;
  let count = 0;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode({ clock, env: { STOA_WEBHOOK_PRIVATE_ADDRESSES: 'yes' } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    receiver = new Receiver();
    await receiver.open();
    [alice, bob] = [await server.addUser(`alice-${count}`), await server.addUser(`bob-${count}`)];
  });
  afterEach(async () => {
    for (const { name } of (await v1(server.url, 'GET', '/webhooks')).body.data as { name: string }[]) {
      await v1(server.url, 'DELETE', `/webhooks/${name}`);
    }
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.sessionsOf(0);
    clock.advance(4_000);
    await receiver.close();
  });

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

  const hook = async (events: readonly string[], more: object = {}) =>
    (await v1(server.url, 'PUT', '/webhooks/main', { url: receiver.url, events, ...more })).body;
  const attempts = async () =>
    (await v1(server.url, 'GET', '/webhooks/main/attempts')).body.data as Record<string, unknown>[];
  const attempted = (times: number) => expect.poll(attempts).toHaveLength(times);

  async function signIn(user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    clients.push(client);
    await client.hello(user.token);
    await client.next('synced');
    return client;
  }

  it('get messages, with a signature that the example of docs/webhooks.md accepts', async () => {
    const { secret } = await hook(['message']);
    await v1(server.url, 'POST', '/messages', {
      from: alice.address,
      to: bob.address,
      content: { text: 'hello', data: Buffer.from('bytes').toString('base64') },
    });
    await receiver.got(1);
    const [request] = receiver.requests;
    const body = JSON.parse(request?.text ?? '');
    expect(body).toMatchObject({ server: 'mesibo', v: 2, aid: 1, ts: clock.now() });
    expect(body).not.toHaveProperty('secret');
    expect(receiver.events).toEqual([
      {
        id: expect.stringMatching(/^message\.\d+$/),
        ts: clock.now(),
        type: 'message',
        message: expect.objectContaining({
          from: alice.address,
          to: bob.address,
          seq: 1,
          content: { text: 'hello', data: Buffer.from('bytes').toString('base64') },
        }),
      },
    ]);
    const { isFromStoa } = await example();
    const header = request?.headers['stoa-signature'];
    const verdict = (text: string, key: unknown, at: number) => isFromStoa(header, text, key, at);
    expect(verdict(request?.text ?? '', secret, clock.now())).toBe(true);
    expect(verdict(`${request?.text} `, secret, clock.now())).toBe(false);
    expect(verdict(request?.text ?? '', 'another secret', clock.now())).toBe(false);
    expect(verdict(request?.text ?? '', secret, clock.now() + hour)).toBe(false);
    expect(isFromStoa(undefined, '', secret, clock.now())).toBe(false);
  });

  it('get no messages of users of whom the app is not to be told', async () => {
    await hook(['message', 'message.offline']);
    await v1(server.url, 'PUT', '/access/4', { rules: { message: { webhook: false } } });
    await v1(server.url, 'PUT', `/users/${alice.address}/access`, { policy: 4 });
    await say(server.url, alice.address, bob.address, 'not this');
    await pass(12_000);
    await hook(['message']);
    await say(server.url, bob.address, alice.address, 'but this');
    await receiver.got(1);
    expect(receiver.events).toMatchObject([{ message: { content: { text: 'but this' } } }]);
    await v1(server.url, 'DELETE', '/access/4');
  });

  it('get what clients say to the app itself, from those whom it lets', async () => {
    const client = await signIn(alice);
    const send = async (id: number, content: object) => {
      client.send({ t: 'request', id, op: 'webhooks.send', body: { content, type: 7 } });
      const answered = client.next('response', (frame) => frame.id === id).then(() => 'taken');
      const refused = client.next('error', (frame) => frame.id === id).then(({ code }) => code);
      // The one that does not come is not missed.
      return Promise.any([answered, refused]);
    };
    expect(await send(1, { text: 'hello?' })).toBe('NOT_FOUND');
    await hook(['message.client']);
    expect(await send(2, { text: 'taxi, please', latitude: 1, longitude: 2 })).toBe('taken');
    expect(await send(3, { text: 'x'.repeat(70_000) })).toBe('TOO_LARGE');
    await receiver.got(1);
    const { address } = alice;
    expect(receiver.events).toMatchObject([
      {
        type: 'message',
        status: 'client',
        user: { address },
        message: { from: address, type: 7, content: { text: 'taxi, please', latitude: 1, longitude: 2 } },
      },
    ]);
    let answer = 'taken';
    for (let id = 4; answer === 'taken' && id < 90; id++) answer = await send(id, { text: '.' });
    expect(answer).toBe('RATE_LIMITED');
    await v1(server.url, 'PUT', '/access/9', { name: '', rules: { message: { webhook: false } } });
    await v1(server.url, 'PUT', `/users/${address}/access`, { policy: 9 });
    expect(await send(99, { text: 'still there?' })).toBe('PERMISSION_DENIED');
  });

  it('get what becomes of messages, and nothing that they did not choose', async () => {
    await hook(['message', 'message.status']);
    const client = await signIn(bob);
    const { body } = await say(server.url, alice.address, bob.address);
    const { mid } = (body.data as { mid: number }[])[0] ?? { mid: 0 };
    const { conv } = await client.next('message');
    client.send({ t: 'received', conv, seq: 1 }, { t: 'read', conv, seq: 1 });
    const read = await receiver.event(({ status }) => status === 'read', 'the message to be read');
    expect(read).toMatchObject({
      type: 'status',
      user: { uid: bob.uid, address: bob.address },
      conv,
      seq: 1,
    });
    expect(receiver.events.map(({ type, status }) => [type, status])).toEqual([
      ['message', undefined],
      ['status', 'delivered'],
      ['status', 'read'],
    ]);
    await v1(server.url, 'DELETE', `/messages/${mid}`);
    const recall = await receiver.event(({ type }) => {
      const last = receiver.events.at(-1);
      return type === 'message' && last?.type === type && receiver.events.length > 3;
    }, 'the recall');
    expect(recall.type).toBe('message');
    expect(receiver.events.at(-1)).toMatchObject({ message: { event: 'recall', target: 1, content: {} } });
  });

  it('get messages to users who are offline, and only those', async () => {
    await hook(['message.offline']);
    const carol = await server.addUser(`carol-${count}`);
    const client = await signIn(carol);
    await say(server.url, alice.address, carol.address, 'received');
    const { conv } = await client.next('message');
    client.send({ t: 'received', conv, seq: 1 }, { t: 'ping' });
    await client.next('pong');
    await say(server.url, alice.address, bob.address, 'waits');
    await pass(9_000);
    expect(receiver.requests).toEqual([]);
    await pass(2_000);
    await receiver.got(1);
    expect(receiver.events).toEqual([
      expect.objectContaining({
        type: 'message',
        status: 'offline',
        users: [{ uid: bob.uid, address: bob.address }],
        message: expect.objectContaining({
          from: alice.address,
          to: bob.address,
          content: { text: 'waits' },
        }),
      }),
    ]);
  });

  it('get users who come and go, but none that only comes back', async () => {
    await hook(['user.online', 'user.offline']);
    const first = await signIn(alice);
    clients.pop();
    await receiver.event(({ status }) => status === 'online', 'alice to be online');
    const second = await signIn(alice);
    clients.pop();
    await first.close();
    await second.close();
    await server.sessionsOf(0);
    await signIn(alice);
    await pass(4_000);
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.sessionsOf(0);
    clock.advance(4_000);
    await receiver.event(({ status }) => status === 'offline', 'alice to be offline');
    const user = { uid: alice.uid, address: alice.address };
    expect(receiver.events).toMatchObject([
      { user, status: 'online' },
      { user, status: 'offline' },
    ]);
  });

  it('get users who leave, also those who came before anybody wanted to know', async () => {
    await signIn(alice);
    await hook(['user.offline']);
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.sessionsOf(0);
    clock.advance(4_000);
    await receiver.got(1);
    expect(receiver.events).toMatchObject([{ user: { uid: alice.uid }, status: 'offline' }]);
  });

  it('get what happens in groups, and who of them is offline', async () => {
    await hook(['group', 'message.offline']);
    const { body } = await v1(server.url, 'POST', '/groups', { name: 'Band', members: [alice.address] });
    const { gid } = body;
    await server.backend('groupeditmembers', { group: { gid, members: { m: bob.address } } });
    await server.backend('message', { message: { from: alice.address, gid, message: 'waits' } });
    clock.advance(11_000);
    await receiver.event(({ status }) => status === 'offline', 'the message');
    await server.backend('groupeditmembers', { group: { gid, members: { m: bob.address, remove: 1 } } });
    await server.backend('groupset', { group: { gid, name: 'Orchestra' } });
    await server.backend('groupdel', { group: { gid } });
    await receiver.event(({ status }) => status === 'deleted', 'the group to be deleted');
    const told = receiver.events.map(({ id: _, ts: __, type: ___, ...rest }) => rest);
    expect(told).toMatchObject([
      { status: 'created', group: { gid, name: 'Band' } },
      { status: 'members', put: [alice.address] },
      { status: 'members', put: [bob.address] },
      { status: 'offline', users: [{ uid: bob.uid }], message: { gid, content: { text: 'waits' } } },
      { status: 'members', removed: [bob.address] },
      { status: 'changed', group: { gid, name: 'Orchestra' } },
      { status: 'deleted', group: { gid } },
    ]);
  });

  it('are set by the back end as for mesibo, in both of its forms', async () => {
    const secret = 'a secret of the app';
    const set = (more: object): Promise<BackendAnswer> =>
      server.backend('appset', { app: { url: receiver.url, secret, ...more } });
    expect(await set({ notify: 0x10 | 0x100, v: 0 })).toMatchObject({ result: true, app: { secret } });
    await signIn(alice);
    await receiver.got(1);
    await say(server.url, alice.address, bob.address);
    clock.advance(11_000);
    await receiver.got(2);
    const forms = receiver.requests.map(({ text }) => Object.fromEntries(new URLSearchParams(text)));
    const head = { secret, aid: '1' };
    expect(forms).toEqual([
      { ...head, uid: String(alice.uid), from: alice.address, to: '', e: '16' },
      { ...head, uid: String(bob.uid), from: alice.address, to: bob.address, e: '256' },
    ]);
    expect(receiver.requests[0]?.headers['content-type']).toContain('form-urlencoded');
    await set({ v: 1 });
    await say(server.url, alice.address, bob.address);
    clock.advance(11_000);
    await receiver.got(3);
    expect(JSON.parse(receiver.requests[2]?.text ?? '')).toMatchObject({ v: 1, secret, server: 'mesibo' });
    await set({ notify: 0 });
    expect((await v1(server.url, 'GET', '/webhooks')).body.data).toEqual([]);
  });

  it('are tried again later, in order, and say so in their log', async () => {
    await hook(['message']);
    receiver.answers.push(
      503,
      (response) => response.destroy(),
      (response) => {
        response.writeHead(302, { location: receiver.url }).end();
      },
    );
    await say(server.url, alice.address, bob.address, 'first');
    await attempted(1);
    const other = new Receiver();
    await other.open();
    await v1(server.url, 'PUT', '/webhooks/other', { url: other.url, events: ['message'] });
    await say(server.url, alice.address, bob.address, 'second');
    // It is in both queues.
    await other.got(1);
    await v1(server.url, 'DELETE', '/webhooks/other');
    await other.close();
    // Not before its time.
    expect(receiver.requests).toHaveLength(1);
    clock.advance(3_000);
    await attempted(2);
    clock.advance(5_000);
    await attempted(3);
    clock.advance(9_000);
    await attempted(4);
    const log = await attempts();
    expect(log.map(({ status, events }) => [status, events])).toEqual([
      [200, 2],
      [302, 2],
      [null, 2],
      [503, 1],
    ]);
    expect(log[1]).toMatchObject({ problem: 'The answer was 302.' });
    expect(receiver.requests).toHaveLength(4);
    const { events } = JSON.parse(receiver.requests[3]?.text ?? '');
    expect(events.map(({ message }: { message: { content: object } }) => message.content)).toEqual([
      { text: 'first' },
      { text: 'second' },
    ]);
    const page = await v1(server.url, 'GET', '/webhooks/main/attempts?limit=3');
    const rest = await v1(
      server.url,
      'GET',
      `/webhooks/main/attempts?limit=3&cursor=${page.body.nextCursor}`,
    );
    expect(rest.body).toMatchObject({ data: [log[3]], nextCursor: null });
  });

  it('lose what they have not taken for a day', async () => {
    await hook(['message']);
    receiver.answers.push(...Array<number>(2).fill(500));
    await say(server.url, alice.address, bob.address, 'old');
    await attempted(1);
    clock.jump(25 * hour);
    // Dropped after one more try.
    await attempted(3);
    expect((await attempts())[0]).toMatchObject({ status: null, events: 1, problem: /^Given up/ });
    await say(server.url, alice.address, bob.address, 'new');
    clock.advance(5_000);
    await receiver.got(3);
    expect(receiver.requests[2]?.text).toContain('new');
    expect(receiver.requests[2]?.text).not.toContain('old');
  });

  it('need no more of an answer than its status', async () => {
    await hook(['message']);
    receiver.answers.push((response) => {
      response.writeHead(200).write('an answer without end');
    });
    await say(server.url, alice.address, bob.address);
    await attempted(1);
    expect((await attempts())[0]).toMatchObject({ status: 200, problem: null });
  });

  it('refuse what they cannot be', async () => {
    const put = async (name: string, more: object) =>
      (await v1(server.url, 'PUT', `/webhooks/${name}`, { url: receiver.url, events: [], ...more })).status;
    expect(await put('main', { url: 'ftp://example.com/' })).toBe(400);
    expect(await put('main', { url: 'https://user:password@example.com/' })).toBe(400);
    expect(await put('main', { events: ['everything'] })).toBe(400);
    expect(await put('main', { secret: 'short' })).toBe(400);
    expect(await put('a name', {})).toBe(400);
    for (let made = 0; made < 10; made += 1) expect(await put(`hook-${made}`, {})).toBe(201);
    expect(await put('hook-11', {})).toBe(429);
    expect(await put('hook-1', {})).toBe(200);
  });
});

describe('webhooks and the private network', { timeout: 60_000 }, () => {
  it('do not meet, whatever an app says and names resolve to', async () => {
    const server = await startTestNode();
    const receiver = new Receiver();
    await receiver.open();
    const put = (url: string) => v1(server.url, 'PUT', '/webhooks/main', { url, events: ['message'] });
    for (const url of [
      receiver.url,
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://10.0.0.1/',
      'https://0x7f.1/',
    ]) {
      expect((await put(url)).body).toMatchObject({ error: { code: 'BAD_REQUEST' } });
    }
    const { port } = new URL(receiver.url);
    expect((await put(`https://localhost:${port}/`)).status).toBe(201);
    for (const address of ['alice', 'bob']) await server.addUser(address);
    await say(server.url, 'alice', 'bob');
    await expect
      .poll(async () => (await v1(server.url, 'GET', '/webhooks/main/attempts')).body.data, {
        timeout: 20_000,
      })
      .toMatchObject([{ status: null, problem: 'The host localhost has no public address.' }]);
    expect(receiver.requests).toEqual([]);
    await receiver.close();
    await server.close();
  });
});

describe('webhooks of several nodes', { timeout: 60_000 }, () => {
  it('get each event from one of them, and are told when the last connection to any of them ends', async () => {
    const hub = new InProcessHub();
    const env = { STOA_WEBHOOK_PRIVATE_ADDRESSES: 'yes' };
    const joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()], env });
    const [one, other] = joined.nodes as [TestNode, TestNode];
    const receiver = new Receiver();
    await receiver.open();
    const events = ['message', 'user.online', 'user.offline'];
    await v1(one.url, 'PUT', '/webhooks/main', { url: receiver.url, events });
    const [alice, bob] = [await one.addUser('alice'), await one.addUser('bob')];
    const clients: SocketClient[] = [];
    for (const node of [one, other]) {
      const client = await SocketClient.open(node.url);
      await client.hello(alice.token);
      clients.push(client);
    }
    await Promise.all(
      Array.from({ length: 40 }, (_, place) =>
        say((place % 2 === 0 ? one : other).url, alice.address, bob.address, `text ${place}`),
      ),
    );
    // The node that she leaves first is not to tell of it.
    for (const [place, client] of clients.entries()) {
      await client.close();
      await [one, other][place]?.sessionsOf(0);
    }
    await receiver.event(({ status }) => status === 'offline', 'alice to be offline');
    await say(one.url, alice.address, bob.address, 'mark');
    await receiver.event(({ message }) => JSON.stringify(message)?.includes('"mark"') === true, 'the mark');
    const statuses = receiver.events.flatMap(({ status }) => status ?? []);
    expect(statuses).toEqual(['online', 'offline']);
    const told = receiver.events.filter(({ type }) => type === 'message').map(({ id }) => id);
    expect([told.length, new Set(told).size]).toEqual([41, 41]);
    await joined.close();
    await receiver.close();
  });
});

describe('webhooks of a server that is killed', { timeout: 180_000 }, () => {
  it('get what they had not taken', async () => {
    const folder = tempFolder();
    const env = { STOA_WEBHOOK_PRIVATE_ADDRESSES: 'yes', STOA_LOG_LEVEL: 'error' };
    const server = await ServerProcess.start({ dataDir: folder.path, env });
    const receiver = new Receiver();
    await receiver.open();
    receiver.answers.push(500);
    await v1(server.url, 'PUT', '/webhooks/main', { url: receiver.url, events: ['message'] });
    for (const address of ['alice', 'bob']) await v1(server.url, 'POST', '/users', { address });
    await say(server.url, 'alice', 'bob', 'first');
    await receiver.got(1);
    await say(server.url, 'alice', 'bob', 'second');
    await server.kill('SIGKILL');
    await server.start();
    const textOf = ({ message }: ReceivedEvent) => (message as { content: { text: string } }).content.text;
    await receiver.event((event) => textOf(event) === 'second', 'the second');
    // What was refused comes again, before what is newer, and perhaps together with it.
    const told = receiver.events.slice(1).map(textOf);
    expect([...new Set(told)]).toEqual(['first', 'second']);
    await server.kill();
    await receiver.close();
    folder.remove();
  });
});

describe('webhooks of a server that is killed between what happens and the queues', {
  timeout: 180_000,
}, () => {
  it('get it from the next process', async () => {
    const folder = tempFolder();
    const env = { STOA_WEBHOOK_PRIVATE_ADDRESSES: 'yes', STOA_LOG_LEVEL: 'error' };
    const stuck = new URL('./testing/stuck-before-queue.ts', import.meta.url).href;
    const first = await ServerProcess.start({
      dataDir: folder.path,
      env,
      nodeOptions: [`--import=${stuck}`],
    });
    const receiver = new Receiver();
    await receiver.open();
    const hook = (events: readonly string[]) =>
      v1(first.url, 'PUT', '/webhooks/main', { url: receiver.url, events });
    const [alice, bob] = [await addUser(first.url, 'alice'), await addUser(first.url, 'bob')];
    await hook(['message.status', 'group']);
    const { body: group } = await v1(first.url, 'POST', '/groups', { name: 'Band', members: ['bob'] });
    const [sender, reader] = [await SocketClient.open(first.url), await SocketClient.open(first.url)];
    await Promise.all([sender.hello(alice.token), reader.hello(bob.token)]);
    await say(first.url, 'alice', 'bob', 'seen');
    const { conv } = await reader.next('message');
    reader.send({ t: 'received', conv, seq: 1 });
    await sender.next('receipt', ({ delivered }) => delivered === 1);
    await hook(['message', 'message.status', 'group']);
    // It is in the log, and its sender is not told so.
    const sent = say(first.url, 'alice', 'bob', 'stored').catch(() => {});
    await expect
      .poll(
        async () => {
          const client = await SocketClient.open(first.url);
          await client.hello(bob.token);
          const conversation = await client.next('conversation', (frame) => frame.conv === conv);
          await client.close();
          return conversation.last;
        },
        { timeout: 30_000 },
      )
      .toBe(2);
    await first.kill('SIGKILL');
    await sent;
    expect(receiver.requests).toEqual([]);
    const second = await ServerProcess.start({ dataDir: folder.path, env });
    const stored = await receiver.event(({ type }) => type === 'message', 'the message');
    expect(stored).toMatchObject({
      message: { from: 'alice', to: 'bob', seq: 2, content: { text: 'stored' } },
    });
    const delivered = await receiver.event(({ type }) => type === 'status', 'the receipt');
    expect(delivered).toMatchObject({ status: 'delivered', user: { address: 'bob' }, conv, seq: 1 });
    await receiver.event(({ type, status }) => type === 'group' && status === 'members', 'the group');
    const { gid } = group;
    expect(receiver.events.filter(({ type }) => type === 'group')).toMatchObject([
      { status: 'created', group: { gid, name: 'Band' } },
      { status: 'members', group: { gid }, put: ['bob'] },
    ]);
    await Promise.all([sender.closed, reader.closed]);
    await second.kill();
    await receiver.close();
    folder.remove();
  });
});

describe('the time between tries', () => {
  it('doubles up to an hour, and is up to a half shorter by chance', () => {
    expect([1, 2, 3, 4].map((failures) => backOffMs(failures, 0))).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect([backOffMs(1, 1), backOffMs(2, 0.5)]).toEqual([1_000, 3_000]);
    for (const failures of [12, 50, 5_000]) expect(backOffMs(failures, 0)).toBe(hour);
  });
});

type Example = {
  isFromStoa(header: unknown, body: string, secret: unknown, now: number): boolean;
};

/** What docs/webhooks.md shows to receivers. */
async function example(): Promise<Example> {
  const text = await readFile(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Example;
}
