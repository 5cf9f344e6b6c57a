import { InProcessHub } from '@stoa/bus';
import { presenceValues } from '@stoa/protocol';
import {
  type JoinedNodes,
  ManualClock,
  SocketClient,
  startJoinedNodes,
  type TestNode,
  type TestUser,
  testAppToken,
} from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

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

/** Rules are set at one node; the users are connected to the other one. */
describe('what users may do', { timeout: 60_000 }, () => {
  const clock = new ManualClock();
  let joined: JoinedNodes;
  let one: TestNode;
  let other: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let fromAlice: SocketClient;
  let fromBob: SocketClient;
  let gid = 0;
  let ids = 0;
  let count = 0;

  beforeAll(async () => {
    const hub = new InProcessHub();
    joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()], clock });
    [one, other] = joined.nodes as [TestNode, TestNode];
  });
  afterAll(() => joined.close());
  beforeEach(async () => {
    count += 1;
    [alice, bob] = [await one.addUser(`alice-${count}`), await one.addUser(`bob-${count}`)];
    [fromAlice, fromBob] = [await signIn(alice), await signIn(bob)];
    const members = `${alice.address},${bob.address}`;
    const answer = await one.backend('groupadd', { group: { name: 'g', members: { m: members } } });
    gid = (answer.group as { gid: number }).gid;
  });
  afterEach(async () => {
    for (const { policy } of (await v1(other.url, 'GET', '/access')).body.data as { policy: number }[]) {
      await v1(other.url, 'DELETE', `/access/${policy}`);
    }
    await Promise.all([fromAlice, fromBob].map((client) => client.close()));
    await one.sessionsOf(0);
  });

  async function signIn({ token }: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(one.url);
    await client.hello(token);
    await client.next('synced');
    return client;
  }
  const setRules = (rules: object, policy = 0) => v1(other.url, 'PUT', `/access/${policy}`, { rules });

  /** `yes`, or the code of the error. */
  async function send(frame: object): Promise<string> {
    ids += 1;
    const id = ids;
    fromAlice.send({ t: 'send', id, ...frame });
    const sent = fromAlice.next('sent', (answer) => answer.id === id).then(() => 'yes');
    const refused = fromAlice.next('error', (answer) => answer.id === id).then(({ code }) => code);
    return Promise.any([sent, refused]);
  }
  const sendText = () => send({ peer: bob.address, content: { text: 'hello' } });
  async function ask(op: string, body: object): Promise<string> {
    ids += 1;
    const id = ids;
    fromAlice.send({ t: 'request', id, op, body });
    const done = fromAlice.next('response', (answer) => answer.id === id).then(() => 'yes');
    const refused = fromAlice.next('error', (answer) => answer.id === id).then(({ code }) => code);
    return Promise.any([done, refused]);
  }
  async function call(video: boolean): Promise<string> {
    ids += 1;
    const id = `call${ids}`.padEnd(32, '0');
    fromAlice.send({
      t: 'call',
      call: id,
      event: { type: 'invite', peer: bob.address, video, sdp: 'v=0\r\n' },
    });
    const { event } = await fromAlice.next('call', (frame) => frame.call === id);
    return event.type === 'ended' ? event.reason : 'yes';
  }
  /** Whether Bob hears something of Alice, before a message of hers that needs no permission. */
  async function tells(value: number, to: object = { peer: bob.address }): Promise<string> {
    fromAlice.send({ t: 'presence', ...to, value });
    fromAlice.send({ t: 'ping' });
    await fromAlice.next('pong');
    const forced = { from: alice.address, to: bob.address, message: 'mark', forced: true };
    await one.backend('message', { message: forced });
    await fromBob.next('message', ({ content }) => content?.text === 'mark');
    const heard = fromBob.frames.some(({ t }) => t === 'presence');
    if (heard) await fromBob.next('presence');
    return heard ? 'yes' : 'nothing';
  }
  const types = () => tells(presenceValues.typing);
  async function seen(): Promise<string> {
    fromBob.send({ t: 'watch', peers: [alice.address], on: true });
    const { value } = await fromBob.next('presence', ({ from }) => from === alice.address);
    fromBob.send({ t: 'watch', peers: [alice.address], on: false });
    return value === presenceValues.online ? 'yes' : 'nothing';
  }
  async function upload(bytes = 10): Promise<string> {
    const form = new FormData();
    form.append('file', new Blob(['x'.repeat(bytes)]), 'a.txt');
    const headers = { authorization: `Bearer ${alice.token}` };
    const { status } = await fetch(`${one.url}/files`, { method: 'POST', headers, body: form });
    return status === 201 ? 'yes' : String(status);
  }
  async function read(): Promise<string> {
    const { body } = await v1(one.url, 'POST', '/messages', {
      from: bob.address,
      to: alice.address,
      content: { text: 'read me' },
    });
    const { mid = 0 } = (body.data as { mid: number }[] | undefined)?.[0] ?? {};
    const { conv, seq } = await fromAlice.next('message', (frame) => frame.mid === mid);
    fromAlice.send({ t: 'read', conv, seq });
    const { read: told } = await fromBob.next('receipt', (frame) => (frame.delivered ?? 0) >= seq);
    return told === seq ? 'yes' : 'nothing';
  }
  const join = async (): Promise<string> => {
    const made = await one.backend('groupadd', { group: { name: 'open' } });
    const { gid: open } = made.group as { gid: number };
    const { pin } = (await v1(one.url, 'POST', `/groups/${open}/pins`, {})).body;
    return ask('groups.join', { gid: open, pin });
  };
  const place = { latitude: 48.2, longitude: 16.4 };
  /** Whatever comes of it: there is nothing to be seen in this network. */
  const preview = async () => {
    const answer = await ask('links.preview', { url: 'https://127.0.0.1/' });
    return answer === 'PERMISSION_DENIED' ? answer : 'yes';
  };
  const register = () => ask('push.register', { provider: 'fcm', token: `token-${count}-${ids}` });

  const table: readonly [flag: string, does: () => Promise<string>, refused: string][] = [
    ['features.message', sendText, 'PERMISSION_DENIED'],
    ['message.outgoing', sendText, 'PERMISSION_DENIED'],
    ['message.incoming', sendText, 'BLOCKED'],
    ['message.rich', () => send({ peer: bob.address, content: { title: 'T' } }), 'PERMISSION_DENIED'],
    ['features.location', () => send({ peer: bob.address, content: place }), 'PERMISSION_DENIED'],
    ['group.location', () => send({ gid, content: place }), 'PERMISSION_DENIED'],
    ['message.url_preview', preview, 'PERMISSION_DENIED'],
    ['features.search', () => ask('profiles.search', { query: 'bob', limit: 1 }), 'PERMISSION_DENIED'],
    ['message.read_receipts', read, 'nothing'],
    ['features.group', () => ask('groups.create', { name: 'mine' }), 'PERMISSION_DENIED'],
    ['group.create', () => ask('groups.create', { name: 'mine' }), 'PERMISSION_DENIED'],
    ['group.member', join, 'PERMISSION_DENIED'],
    ['group.message', () => send({ gid, content: { text: 'hello' } }), 'PERMISSION_DENIED'],
    ['features.call', () => call(false), 'notAllowed'],
    ['call.outgoing', () => call(false), 'notAllowed'],
    ['call.incoming', () => call(false), 'notAllowed'],
    ['call.video', () => call(true), 'notAllowed'],
    ['call.audio', () => call(false), 'notAllowed'],
    ['features.presence', types, 'nothing'],
    ['presence.outgoing', types, 'nothing'],
    ['presence.incoming', types, 'nothing'],
    ['presence.typing', types, 'nothing'],
    ['presence.joined', () => tells(presenceValues.joined), 'nothing'],
    ['group.presence', () => tells(presenceValues.typing, { gid }), 'nothing'],
    ['presence.online', seen, 'nothing'],
    ['presence.login', () => ask('profile.set', { presence: { mode: 'login' } }), 'PERMISSION_DENIED'],
    [
      'presence.can_override',
      () => ask('profile.set', { visibility: { seen: 'everybody' } }),
      'PERMISSION_DENIED',
    ],
    ['features.files', upload, '403'],
    ['file.upload', upload, '403'],
    ['features.push', register, 'PERMISSION_DENIED'],
  ];

  it.each(table)('%s lets them, or does not, at once and on every node', async (flag, does, refused) => {
    const [group = '', key = ''] = flag.split('.');
    // Another flag changes nothing.
    await setRules({ message: { outgoing: true }, call: { outgoing: true } });
    expect(await does()).toBe('yes');
    await setRules({ [group]: { [key]: false } });
    expect(await does()).toBe(refused);
    await v1(other.url, 'DELETE', '/access/0');
    expect(await does()).toBe('yes');
  });

  it.each([
    ['contacts', 2, (address: string) => `contact:${address}`],
    ['favourites', 3, (address: string) => `favourite:peer/${address}`],
  ])('lets them meet only their %s, on both sides', async (_, peers, keyOf) => {
    await v1(other.url, 'PUT', '/access/9', { rules: { peers } });
    await v1(other.url, 'PUT', `/users/${alice.address}/access`, { policy: 9 });
    expect([await sendText(), await call(false)]).toEqual(['PERMISSION_DENIED', 'notAllowed']);
    expect(await send({ gid, content: { text: 'hello' } })).toBe('yes');
    const message = { from: bob.address, to: alice.address, message: 'hello' };
    expect(await one.backend('message', { message })).toMatchObject({ code: 'BLOCKED' });
    expect(await ask('state.set', { values: [{ key: keyOf(bob.address), value: {} }] })).toBe('yes');
    expect([await sendText(), await call(false)]).toEqual(['yes', 'yes']);
    expect(await one.backend('message', { message })).toMatchObject({ result: true });
  });

  it('counts for those who were given it before what counts for all', async () => {
    await setRules({ message: { outgoing: false } });
    await setRules({}, 7);
    expect(await sendText()).toBe('PERMISSION_DENIED');
    await v1(other.url, 'PUT', `/users/${alice.address}/access`, { policy: 7 });
    expect(await sendText()).toBe('yes');
    expect((await v1(one.url, 'GET', `/users/${alice.address}/access`)).body).toEqual({ policy: 7 });
    await v1(other.url, 'DELETE', '/access/7');
    expect(await sendText()).toBe('PERMISSION_DENIED');
    expect((await v1(one.url, 'PUT', `/users/${alice.address}/access`, { policy: 8 })).status).toBe(404);
  });

  it('holds for the back end in the name of a user, unless it insists', async () => {
    await setRules({ message: { outgoing: false } });
    const message = { from: alice.address, to: bob.address, message: 'hello' };
    expect(await one.backend('message', { message })).toMatchObject({ result: false });
    expect(await one.backend('message', { message: { ...message, forced: true } })).toMatchObject({
      result: true,
    });
    const content = { text: 'hello' };
    const answer = await v1(one.url, 'POST', '/messages', { from: alice.address, to: bob.address, content });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'PERMISSION_DENIED' } } });
  });

  it('limits how often, how many and how large', async () => {
    await setRules({
      ratelimit: { message: '10:2', call: '10:1', upload: '10:2' },
      group: { max_groups: 2 },
      file: { max_size: 1 },
    });
    expect([await sendText(), await send({ gid, content: { text: '2' } })]).toEqual(['yes', 'yes']);
    expect(await sendText()).toBe('RATE_LIMITED');
    const content = { text: 'hello' };
    const rest = await v1(one.url, 'POST', '/messages', { from: alice.address, to: bob.address, content });
    expect(rest.status).toBe(429);
    expect([await call(false), await call(false)]).toEqual(['yes', 'notAllowed']);
    expect([await upload(), await upload(1_000_001), await upload()]).toEqual(['yes', '413', '429']);
    const create = () => ask('groups.create', { name: 'mine' });
    expect([await create(), await create()]).toEqual(['yes', 'TOO_MANY']);
    for (let second = 0; second < 10; second += 1) {
      clock.advance(1_000);
      for (const client of [fromAlice, fromBob]) {
        client.send({ t: 'ping' });
        await client.next('pong');
      }
    }
    expect([await sendText(), await upload()]).toEqual(['yes', 'yes']);
  });

  it('is set with the operations of mesibo', async () => {
    const set = (uac: object) => other.backend('uacset', { uac });
    expect(await set({ message: { outgoing: 0 }, location: { mock: 0 } })).toMatchObject({
      result: true,
      uac: { id: 0, message: { outgoing: 0 }, ignored: ['location.mock'] },
    });
    expect(await sendText()).toBe('PERMISSION_DENIED');
    await set({ update: 1, name: 'all', message: { rich: 0 } });
    expect(await other.backend('uacget', { uac: { id: 0 } })).toMatchObject({
      uac: { name: 'all', message: { outgoing: 0, rich: 0 } },
    });
    await set({ id: 5, address: alice.address, message: { rich: 0 } });
    expect(await sendText()).toBe('yes');
    expect(await set({ message: { outgoing: 'perhaps' } })).toMatchObject({ result: false });
    expect(await other.backend('uacget')).toMatchObject({ uacs: [{ id: 0 }, { id: 5 }] });
    expect(await other.backend('uacdel', { uac: { id: 5 } })).toMatchObject({ result: true });
    expect(await sendText()).toBe('PERMISSION_DENIED');
  });
});
