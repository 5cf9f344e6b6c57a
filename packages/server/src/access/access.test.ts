import { InProcessHub } from '@stoa/bus';
import { type OperationResponse, presenceValues } from '@stoa/protocol';
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
    const env = { STOA_TURN_URLS: 'turn:relay.example.com', STOA_TURN_SECRET: 'shared secret' };
    joined = await startJoinedNodes({ buses: [hub.connect(), hub.connect()], clock, env });
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
  /** Lets time pass while everybody answers the heartbeat. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      for (const client of [fromAlice, fromBob]) {
        client.send({ t: 'ping' });
        await client.next('pong');
      }
    }
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
  /** Whether a message of hers is kept; he gets it in any case. */
  async function store(): Promise<string> {
    ids += 1;
    const id = ids;
    fromAlice.send({ t: 'send', id, peer: bob.address, content: { text: `kept ${id}` } });
    const { seq } = await fromAlice.next('sent', (answer) => answer.id === id);
    await fromBob.next('message', ({ content }) => content?.text === `kept ${id}`);
    return seq > 0 ? 'yes' : 'nothing';
  }
  /** Whether Bob hears, asks and sees by a new connection that Alice has got a message, before she reads it. */
  async function receive(): Promise<string> {
    const content = { text: 'get me' };
    const { body } = await v1(one.url, 'POST', '/messages', {
      from: bob.address,
      to: alice.address,
      content,
    });
    const { mid = 0 } = (body.data as { mid: number }[] | undefined)?.[0] ?? {};
    const { conv, seq } = await fromAlice.next('message', (frame) => frame.mid === mid);
    fromAlice.send({ t: 'received', conv, seq }, { t: 'ping' });
    await fromAlice.next('pong');
    fromAlice.send({ t: 'read', conv, seq });
    const isAbout = (frame: { conv: number }): boolean => frame.conv === conv;
    const first = await fromBob.next('receipt', isAbout);
    const asked = first.delivered === undefined ? [] : [await fromBob.next('receipt', isAbout)];
    fromBob.send({ t: 'request', id: 1, op: 'message.receipts', body: { conv, seq } });
    const { receipts } = (await fromBob.next('response')).body as { receipts: { deliveredAt?: number }[] };
    return asked.length > 0 && receipts[0]?.deliveredAt !== undefined ? 'yes' : 'nothing';
  }
  /** What she was sent, of which nothing is streamed to her again. */
  async function readOlder(): Promise<string> {
    await one.backend('message', {
      message: { from: bob.address, to: alice.address, message: 'older', forced: true },
    });
    const { conv, seq } = await fromAlice.next('message', ({ content }) => content?.text === 'older');
    fromAlice.send({ t: 'received', conv, seq });
    ids += 1;
    const id = ids;
    fromAlice.send({ t: 'history', id, peer: bob.address, before: seq + 1, limit: 1 });
    const page = fromAlice.next('page', (answer) => answer.id === id).then(() => 'yes');
    const refused = fromAlice.next('error', (answer) => answer.id === id).then(({ code }) => code);
    return Promise.any([page, refused]);
  }
  const searchOlder = () => ask('messages.search', { query: 'older', limit: 1 });
  async function sendToTwo(): Promise<string> {
    const [from, to, content] = [alice.address, [bob.address, alice.address], { text: 'to you all' }];
    const { status, body } = await v1(one.url, 'POST', '/messages', { from, to, content });
    return status === 201 ? 'yes' : (body.error as { code: string }).code;
  }
  async function servers(): Promise<OperationResponse<'calls.servers'>> {
    ids += 1;
    const id = ids;
    fromAlice.send({ t: 'request', id, op: 'calls.servers', body: {} });
    const { body } = await fromAlice.next('response', (answer) => answer.id === id);
    return body as OperationResponse<'calls.servers'>;
  }
  const relayed = async () => ((await servers()).servers.length > 0 ? 'yes' : 'nothing');
  /** Whether a call of hers, which nobody takes, leaves a message. */
  async function log(): Promise<string> {
    await call(false);
    fromAlice.send({ t: 'call', call: `call${ids}`.padEnd(32, '0'), event: { type: 'hangup' } });
    await fromBob.next('call', ({ event }) => event.type === 'ended');
    await one.backend('message', {
      message: { from: alice.address, to: bob.address, message: 'after it', forced: true },
    });
    await fromBob.next('message', ({ content }) => content?.text === 'after it');
    const found = fromBob.frames.some((frame) => frame.t === 'message' && frame.content?.call !== undefined);
    if (found) await fromBob.next('message', ({ content }) => content?.call !== undefined);
    return found ? 'yes' : 'nothing';
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
    ['features.sync', readOlder, 'PERMISSION_DENIED'],
    ['features.sync', searchOlder, 'PERMISSION_DENIED'],
    ['message.broadcast', sendToTwo, 'PERMISSION_DENIED'],
    [
      'message.broadcast',
      () => send({ peer: bob.address, content: { text: 'all' }, flags: 0x20 }),
      'PERMISSION_DENIED',
    ],
    ['message.storage', store, 'nothing'],
    ['message.delivery_receipts', receive, 'nothing'],
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
    ['call.turn', relayed, 'nothing'],
    ['call.log', log, 'nothing'],
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

  it.each([
    [{ call: { hd: false } }, 480],
    [{ call: { fhd: false } }, 720],
    [{ call: { hd: true, fhd: true } }, undefined],
  ])('%j lets the client send pictures of at most %s lines in calls', async (rules, height) => {
    await setRules(rules);
    expect((await servers()).height).toBe(height);
  });

  it('ends calls after the time that one of the two may talk', async () => {
    await v1(other.url, 'PUT', '/access/9', { rules: { call: { maxdur: 3 } } });
    await v1(other.url, 'PUT', `/users/${bob.address}/access`, { policy: 9 });
    await call(false);
    const id = `call${ids}`.padEnd(32, '0');
    const say = (client: SocketClient, event: object) => client.send({ t: 'call', call: id, event });
    await fromBob.next('call', ({ event }) => event.type === 'incoming');
    say(fromBob, { type: 'answer', video: false, sdp: 'v=0\r\n' });
    await fromAlice.next('call', ({ event }) => event.type === 'answered');
    for (const client of [fromAlice, fromBob]) say(client, { type: 'connected' });
    await pass(2);
    expect(fromAlice.frames.some(({ t }) => t === 'call')).toBe(false);
    await pass(1);
    const { event } = await fromAlice.next('call', ({ call: of }) => of === id);
    expect(event).toEqual({ type: 'ended', reason: 'tooLong', seconds: 3 });
  });

  it('says who sees that a user is online, at once when that changes', async () => {
    const audience = async (number: number): Promise<string> => {
      await setRules({}, 3);
      await v1(other.url, 'PUT', '/access/3', { rules: { presence: { online_audience: number } } });
      await v1(other.url, 'PUT', `/users/${alice.address}/access`, { policy: 3 });
      return seen();
    };
    const know = (key: string, value?: object) => ask('state.set', { values: [{ key, value }] });
    expect([await audience(0), await audience(1), await audience(3)]).toEqual(['yes', 'nothing', 'nothing']);
    await know(`favourite:peer/${bob.address}`, {});
    expect([await seen(), await audience(1)]).toEqual(['yes', 'nothing']);
    fromBob.send({ t: 'watch', peers: [alice.address], on: true });
    const told = async () => (await fromBob.next('presence', ({ from }) => from === alice.address)).value;
    expect(await told()).toBe(presenceValues.offline);
    await know(`contact:${bob.address}`, {});
    expect(await told()).toBe(presenceValues.online);
    fromBob.send({ t: 'watch', peers: [alice.address], on: false });
    expect([await audience(gid + 1_000), await audience(gid)]).toEqual(['nothing', 'yes']);
    fromBob.send({ t: 'watch', peers: [alice.address], on: true });
    expect(await told()).toBe(presenceValues.online);
    const members = { m: bob.address };
    await one.backend('groupeditmembers', { group: { gid, members, delete: true } });
    expect(await told()).toBe(presenceValues.offline);
    await one.backend('groupeditmembers', { group: { gid, members } });
    expect(await told()).toBe(presenceValues.online);
    await one.backend('groupeditmembers', { group: { gid, members, delete: true } });
    expect(await told()).toBe(presenceValues.offline);
    fromBob.send({ t: 'watch', peers: [alice.address], on: false });
    expect(await audience(gid)).toBe('nothing');
  });

  it('lets others know only roughly when a user was online last', async () => {
    await setRules({ presence: { lastseen_resolution: 3_600 } });
    await pass(1);
    fromBob.send({ t: 'watch', peers: [alice.address], on: true });
    await fromBob.next('presence', ({ value }) => value === presenceValues.online);
    await fromAlice.close();
    await one.sessionsOf(1);
    clock.advance(4_000);
    const { seen: at } = await fromBob.next('presence', ({ value }) => value === presenceValues.offline);
    expect(at).toBe(clock.now() - (clock.now() % 3_600_000));
  });

  it('counts places by themselves', async () => {
    await setRules({ ratelimit: { location: '10:1' } });
    const sendPlace = () => send({ peer: bob.address, content: place });
    expect([await sendPlace(), await sendText(), await sendPlace()]).toEqual(['yes', 'yes', 'RATE_LIMITED']);
  });

  it('lets a user in only so often', async () => {
    await setRules({ ratelimit: { login: '60:2' } });
    const carol = await one.addUser(`carol-${count}`);
    const clients = [await signIn(carol), await signIn(carol)];
    const third = await SocketClient.open(one.url);
    third.send({ t: 'hello', v: 1, token: carol.token, device: 'a'.repeat(32) });
    expect(await third.next('error')).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 30_000 });
    expect((await third.closed).code).toBe(4005);
    await Promise.all(clients.map((client) => client.close()));
    await one.sessionsOf(2);
  });

  it('lets a user be refused only so often before he has to wait', async () => {
    await setRules({ ratelimit: { failure: '2:2' } });
    const guess = () => ask('groups.join', { gid, pin: 1 + ids });
    const lost = () => send({ peer: 'nobody', content: { text: 'hello?' } });
    expect([await lost(), await lost(), await sendText()]).toEqual([
      'INVALID_DESTINATION',
      'INVALID_DESTINATION',
      'yes',
    ]);
    expect(await lost()).toBe('INVALID_DESTINATION');
    expect([await guess(), await sendText(), await call(false)]).toEqual([
      'RATE_LIMITED',
      'RATE_LIMITED',
      'rateLimited',
    ]);
    await pass(2);
    expect(await ask('groups.create', { name: 'mine' })).toBe('yes');
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
    // The limits of a user are not those of the app's back end.
    const made = await v1(one.url, 'POST', '/groups', { name: 'given', owner: alice.address });
    expect([made.status, await create()]).toEqual([201, 'TOO_MANY']);
    await pass(10);
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
