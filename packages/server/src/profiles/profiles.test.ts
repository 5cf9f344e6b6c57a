import { limits, type ProfileInfo, presenceValues } from '@stoa/protocol';
import { ManualClock, SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

describe('profiles', () => {
  /** Stands still: what may be done so often in a minute does not come back while a test runs. */
  const clock = new ManualClock(Date.now());
  let server: TestNode;
  let alice: TestUser;
  let bob: TestUser;
  let users = 0;
  let requests = 0;
  const open: SocketClient[] = [];

  beforeAll(async () => {
    server = await startTestNode({ clock });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    users += 1;
    alice = await server.addUser(`alice-${users}`);
    bob = await server.addUser(`bob-${users}`);
    return () => Promise.all(open.splice(0).map((client) => client.close()));
  });

  async function signIn(user: TestUser): Promise<SocketClient> {
    const client = await SocketClient.open(server.url);
    open.push(client);
    await client.hello(user.token);
    return client;
  }

  async function ask(client: SocketClient, op: string, body: object): Promise<Record<string, unknown>> {
    requests += 1;
    const id = requests;
    client.send({ t: 'request', id, op, body });
    const answer = await Promise.race([
      client.next('response', (response) => response.id === id),
      client.next('error', (error) => error.id === id),
    ]);
    return answer.t === 'error' ? { ...answer } : answer.body;
  }
  const set = async (client: SocketClient, change: object) =>
    (await ask(client, 'profile.set', change)).profile as ProfileInfo;
  const values = (client: SocketClient, list: object) =>
    ask(client, 'state.set', { values: Object.entries(list).map(([key, value]) => ({ key, value })) });

  /** The profile of a user as the client sees it. */
  async function seen(client: SocketClient, user: TestUser): Promise<ProfileInfo | undefined> {
    const { profiles } = await ask(client, 'profiles.get', { users: [{ user: user.address }] });
    return (profiles as ProfileInfo[])[0];
  }

  async function watched(client: SocketClient, user: TestUser): Promise<void> {
    client.send({ t: 'watch', peers: [user.address], on: true });
    await client.next('presence', ({ from }) => from === user.address);
  }

  async function upload(user: TestUser, content: string | Uint8Array<ArrayBuffer>): Promise<string> {
    const form = new FormData();
    form.append('file', new Blob([content]), 'me.png');
    const headers = { authorization: `Bearer ${user.token}` };
    const response = await fetch(new URL('/files', server.url), { method: 'POST', headers, body: form });
    return ((await response.json()) as { file: { id: string } }).file.id;
  }

  it('say what their owner has set, to himself, to his other devices and to others', async () => {
    const [first, second, other] = [await signIn(bob), await signIn(bob), await signIn(alice)];
    expect(await seen(other, bob)).toEqual({
      user: bob.address,
      name: bob.address,
      tag: expect.any(String),
    });
    const fields = [{ key: 'team', value: { colour: 'red', data: Uint8Array.of(1, 2) } }];
    const own = await set(first, { name: 'Bob', status: 'Hello', fields, searchable: true });
    expect(own).toEqual({
      user: bob.address,
      name: 'Bob',
      status: 'Hello',
      fields,
      tag: expect.any(String),
      visibility: {},
      searchable: true,
    });
    expect((await second.next('profile')).profile).toEqual(own);
    expect((await ask(second, 'profile.get', {})).profile).toEqual(own);
    const { visibility: _, searchable, ...shown } = own;
    expect(searchable).toBe(true);
    expect(await seen(other, bob)).toEqual({ ...shown, tag: expect.any(String) });
    first.send({ t: 'ping' });
    await first.next('pong');
    expect(first.frames.filter(({ t }) => t === 'profile')).toEqual([]);
  });

  it('keep what is not named in a change, and lose what is emptied', async () => {
    const client = await signIn(bob);
    await set(client, { name: 'Bob', status: 'one', picture: { url: 'https://a.example/b.png' } });
    await set(client, {
      fields: [
        { key: 'a', value: 1 },
        { key: 'b', value: 2, visibleTo: 'nobody' },
      ],
    });
    const own = await set(client, {
      status: '',
      picture: {},
      fields: [{ key: 'a' }, { key: 'b', value: 3 }],
    });
    expect(own).toMatchObject({ name: 'Bob', fields: [{ key: 'b', value: 3, visibleTo: 'nobody' }] });
    expect([own.status, own.picture]).toEqual([undefined, undefined]);
  });

  it('show what is for an access level to contacts who have it, at once', async () => {
    const [owner, viewer] = [await signIn(bob), await signIn(alice)];
    const picture = { url: 'https://a.example/b.png' };
    const fields = [
      { key: 'phone', value: 1, visibleTo: 7 },
      { key: 'home', value: 2, visibleTo: 8 },
    ];
    const visibility = { status: 7, picture: 7, online: 7, seen: 8 };
    const own = await set(owner, { status: 'Hello', picture, fields, visibility });
    expect(own).toMatchObject({ fields, visibility });
    viewer.send({ t: 'watch', peers: [bob.address], on: true });
    const isOnline = async () => (await viewer.next('presence')).value === presenceValues.online;
    const parts = (profile?: ProfileInfo) => [profile?.status, profile?.fields?.map(({ key }) => key)];
    expect(await isOnline()).toBe(false);
    await values(owner, { [`contact:${alice.address}`]: { levels: [8, 9] } });
    expect(parts((await viewer.next('profile')).profile)).toEqual([undefined, ['home']]);
    await values(owner, { [`contact:${alice.address}`]: { levels: [7] } });
    expect(parts((await viewer.next('profile')).profile)).toEqual(['Hello', ['phone']]);
    expect(await isOnline()).toBe(true);
    await values(owner, { [`contact:${alice.address}`]: { levels: 'all' } });
    expect(parts((await viewer.next('profile')).profile)).toEqual([undefined, undefined]);
    expect(await isOnline()).toBe(false);
    expect(parts(await seen(viewer, bob))).toEqual([undefined, undefined]);
  });

  it.each([
    ['everybody', [true, true]],
    ['contacts', [true, false]],
    ['nobody', [false, false]],
    [undefined, [true, true]],
  ])('show what is for %s to contacts and others accordingly', async (visibleTo, expected) => {
    const friend = await server.addUser(`friend-${users}-${visibleTo}`);
    const [owner, ...viewers] = [await signIn(bob), await signIn(friend), await signIn(alice)];
    await values(owner, { [`contact:${friend.address}`]: {} });
    const own = await set(owner, {
      status: 'Hello',
      picture: { url: 'https://a.example/b.png', thumbnail: Uint8Array.of(1) },
      fields: [{ key: 'f', value: 1, ...(visibleTo && { visibleTo }) }],
      ...(visibleTo && { visibility: { status: visibleTo, picture: visibleTo } }),
    });
    expect(own).toMatchObject({ status: 'Hello', picture: { thumbnail: Uint8Array.of(1) } });
    const shown = await Promise.all(viewers.map((viewer) => seen(viewer, bob)));
    for (const part of ['status', 'picture', 'fields'] as const) {
      expect(shown.map((profile) => profile?.[part] !== undefined)).toEqual(expected);
    }
    for (const profile of shown) expect(JSON.stringify(profile)).not.toMatch(/visib|searchable/);
  });

  it('change for those who watch, at once: by their owner, his contacts and his blocks', async () => {
    const [owner, viewer] = [await signIn(bob), await signIn(alice)];
    const stranger = await signIn(await server.addUser(`stranger-${users}`));
    await watched(viewer, bob);
    const next = async () => (await viewer.next('profile')).profile;
    await set(owner, { status: 'for contacts', visibility: { status: 'contacts' } });
    expect(await next()).toEqual({ user: bob.address, name: bob.address, tag: expect.any(String) });
    await values(owner, { [`contact:${alice.address}`]: {} });
    expect(await next()).toMatchObject({ status: 'for contacts' });
    await set(owner, { name: 'Robert' });
    expect(await next()).toMatchObject({ name: 'Robert', status: 'for contacts' });
    await values(owner, { [`blocked:${alice.address}`]: { messages: true } });
    expect(await next()).toEqual({ user: bob.address, name: 'Robert', tag: expect.any(String) });
    await values(owner, { [`blocked:${alice.address}`]: { messages: true, profile: false } });
    expect(await next()).toMatchObject({ status: 'for contacts' });
    expect(await seen(stranger, bob)).not.toHaveProperty('status');
    expect(stranger.frames.filter(({ t }) => t === 'profile')).toEqual([]);
  });

  it('say who sees when their owner is and was online, at once', async () => {
    const [owner, viewer] = [await signIn(bob), await signIn(alice)];
    await watched(viewer, bob);
    const other = await signIn(await server.addUser(`other-${users}`));
    const presence = async (client: SocketClient) => {
      const { value, seen } = await client.next('presence', ({ from }) => from === bob.address);
      return [value, seen !== undefined];
    };
    await set(owner, { visibility: { online: 'contacts', seen: 'nobody' } });
    expect(await presence(viewer)).toEqual([presenceValues.offline, false]);
    await values(owner, { [`contact:${alice.address}`]: {} });
    expect(await presence(viewer)).toEqual([presenceValues.online, false]);
    other.send({ t: 'watch', peers: [bob.address], on: true });
    expect(await presence(other)).toEqual([presenceValues.offline, false]);
    await owner.close();
    await server.sessionsOf(2);
    clock.advance(5_000);
    expect(await presence(viewer)).toEqual([presenceValues.offline, false]);
    await set(await signIn(bob), { visibility: { online: 'everybody', seen: 'everybody' } });
    expect(await presence(other)).toEqual([presenceValues.online, false]);
    await open.at(-1)?.close();
    await server.sessionsOf(2);
    clock.advance(5_000);
    expect(await presence(other)).toEqual([presenceValues.offline, true]);
  });

  it('are left out when the tag is known, which does not tell of changes of what is hidden', async () => {
    const [owner, viewer] = [await signIn(bob), await signIn(alice)];
    await set(owner, { status: 'one', visibility: { status: 'nobody' } });
    const { tag = '' } = (await seen(viewer, bob)) ?? {};
    const again = () => ask(viewer, 'profiles.get', { users: [{ user: bob.address, tag }] });
    await set(owner, { status: 'two' });
    expect(await again()).toEqual({ profiles: [], unknown: [] });
    await set(owner, { visibility: { status: 'everybody' } });
    expect((await again()).profiles).toMatchObject([{ status: 'two' }]);
  });

  it('name who does not exist, to who does not ask for too many of them', async () => {
    const viewer = await signIn(alice);
    const nobody = (batch: number) =>
      Array.from({ length: limits.profilesPerRequest }, (_, index) => ({ user: `nobody-${batch}-${index}` }));
    const { profiles, unknown } = await ask(viewer, 'profiles.get', {
      users: [{ user: bob.address }, ...nobody(0).slice(1)],
    });
    expect([profiles, unknown]).toMatchObject([[{ user: bob.address }], { length: 99 }]);
    const answers = [];
    for (let batch = 1; batch <= 20; batch += 1) {
      answers.push(await ask(viewer, 'profiles.get', { users: nobody(batch) }));
    }
    expect(answers.at(-1)).toMatchObject({ t: 'error', code: 'RATE_LIMITED' });
  });

  it('are found by the beginning of names, of users who let themselves be found', async () => {
    const viewer = await signIn(alice);
    const word = `Zoë${users}`;
    const named = async (name: string, change: object) => {
      const user = await server.addUser(`${name}-${users}`);
      await set(await signIn(user), { name: `${word} ${name}`, ...change });
      return user;
    };
    await named('hidden', {});
    const blocker = await named('blocker', { searchable: true });
    await values(open.at(-1) ?? viewer, { [`blocked:${alice.address}`]: { messages: true } });
    for (const name of ['c', 'a', 'b']) await named(name, { searchable: true });
    await set(viewer, { name: word, searchable: true });
    const search = (query: string, more: object = {}) =>
      ask(viewer, 'profiles.search', { query, limit: 30, ...more });
    const names = ({ profiles }: Record<string, unknown>) =>
      (profiles as ProfileInfo[]).map(({ name }) => name.slice(word.length + 1));
    expect(names(await search(word.toUpperCase()))).toEqual(['a', 'b', 'c']);
    expect(names(await search(`${word} b`))).toEqual(['b']);
    const first = await search(word, { limit: 3 });
    expect(names(first)).toEqual(['a', 'b']);
    expect(names(await search(word, { limit: 3, cursor: first.cursor }))).toEqual(['c']);
    expect(names(await search(blocker.address))).toEqual(['blocker']);
    expect(await search(word, { cursor: 'x' })).toMatchObject({ code: 'BAD_FRAME' });
    await server.backend('userset', { user: { address: `a-${users}`, name: 'Other' } });
    expect(names(await search(word))).toEqual(['b', 'c']);
  });

  it('are not searched as often as somebody likes', async () => {
    const client = await signIn(alice);
    let answer: object = {};
    for (let count = 0; count <= 60; count += 1) {
      answer = await ask(client, 'profiles.search', { query: `x${count}`, limit: 1 });
    }
    expect(answer).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('of groups have pictures, which members can load as long as they are members', async () => {
    const client = await signIn(alice);
    const [id, text] = [await upload(alice, png), await upload(alice, 'text')];
    const image = `${server.url}/files/${id}/me.png?expires=1`;
    const { group } = await ask(client, 'groups.create', { name: 'Band', image, members: [bob.address] });
    const { gid } = group as { gid: number };
    const links = async (user: TestUser) => {
      const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ ids: [id] });
      const response = await fetch(new URL('/files/links', server.url), { method: 'POST', headers, body });
      return ((await response.json()) as { files: { url: string }[] }).files;
    };
    const stranger = await server.addUser(`stranger-${users}`);
    expect([(await links(bob)).length, (await links(stranger)).length]).toEqual([1, 0]);
    await ask(client, 'groups.members.remove', { gid, users: [bob.address] });
    expect(await links(bob)).toEqual([]);
    for (const other of [`${server.url}/files/${text}/a`, 'https://a.example/b.png']) {
      expect((await ask(client, 'groups.update', { gid, image: other })).group).toMatchObject({
        image: other,
      });
    }
  });

  it('let members of a group see that their owner is online, for as long as all are members', async () => {
    const carol = await server.addUser(`carol-${users}`);
    const [owner, member, other] = [await signIn(bob), await signIn(alice), await signIn(carol)];
    const members = `${alice.address},${bob.address}`;
    const { group } = await server.backend('groupadd', { group: { name: 'g', members: { m: members } } });
    const { gid } = group as { gid: number };
    const edit = (user: TestUser, change: object = {}) =>
      server.backend('groupeditmembers', { group: { gid, members: { m: user.address }, ...change } });
    const told = async (client: SocketClient) => {
      const { value } = await client.next('presence', ({ from }) => from === bob.address, 20_000);
      return value === presenceValues.online ? 'online' : 'offline';
    };
    const audience = { group: gid };
    expect(await ask(other, 'profile.set', { visibility: { online: audience } })).toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(await set(owner, { visibility: { online: audience, seen: audience } })).toMatchObject({
      visibility: { online: audience, seen: audience },
    });
    for (const client of [member, other]) client.send({ t: 'watch', peers: [bob.address], on: true });
    expect([await told(member), await told(other)]).toEqual(['online', 'offline']);
    await edit(carol);
    expect(await told(other)).toBe('online');
    await ask(other, 'groups.leave', { gid });
    expect(await told(other)).toBe('offline');
    await edit(bob, { delete: true });
    expect(await told(member)).toBe('offline');
    await edit(bob);
    expect(await told(member)).toBe('online');
    await server.backend('groupdel', { group: { gid } });
    expect(await told(member)).toBe('offline');
    expect([member, other].flatMap(({ frames }) => frames).filter(({ t }) => t === 'presence')).toEqual([]);
  });

  it('carry an uploaded picture, which whoever sees the profile can load', async () => {
    const [owner, viewer] = [await signIn(bob), await signIn(alice)];
    const [id, theirs, text] = [await upload(bob, png), await upload(alice, png), await upload(bob, 'text')];
    await set(owner, { picture: { id, thumbnail: Uint8Array.of(7) } });
    const { picture } = (await seen(viewer, bob)) ?? {};
    expect(picture).toEqual({ id, url: expect.any(String), thumbnail: Uint8Array.of(7) });
    const response = await fetch(new URL(picture?.url ?? '', server.url));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(png);
    expect(await set(owner, { picture: { id: theirs } })).toBeUndefined();
    expect(await ask(owner, 'profile.set', { picture: { id: text } })).toMatchObject({
      code: 'UNSUPPORTED_TYPE',
    });
    expect((await seen(viewer, bob))?.picture?.id).toBe(id);
  });

  it.each([
    ['a long status', { status: 'x'.repeat(513) }, 'BAD_FRAME'],
    ['a picture that is a script', { picture: { url: 'javascript:alert(1)' } }, 'BAD_FRAME'],
    ['a picture that is nowhere', { picture: { id: '0'.repeat(32) } }, 'NOT_FOUND'],
    ['an audience that does not exist', { visibility: { status: 'friends' } }, 'BAD_FRAME'],
    ['a large field', { fields: [{ key: 'a', value: 'x'.repeat(2_050) }] }, 'TOO_LARGE'],
  ])('are not changed by %s', async (_name, change, code) => {
    const client = await signIn(bob);
    expect(await ask(client, 'profile.set', { name: 'Other', ...change })).toMatchObject({
      t: 'error',
      code,
    });
    expect((await ask(client, 'profile.get', {})).profile).toMatchObject({ name: bob.address });
  });

  it('have a bounded number of fields', async () => {
    const client = await signIn(bob);
    const fields = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ key: `f${from + index}`, value: 1 }));
    await set(client, { fields: fields(0, limits.profileFields) });
    expect(await ask(client, 'profile.set', { fields: fields(100, 1) })).toMatchObject({ code: 'TOO_MANY' });
  });

  it('are not changed as often as somebody likes', async () => {
    const client = await signIn(bob);
    let answer: object = {};
    for (let count = 0; count <= 20; count += 1)
      answer = await ask(client, 'profile.set', { status: `${count}` });
    expect(answer).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
  });

  it('take changes of two devices at once', async () => {
    const [first, second] = [await signIn(bob), await signIn(bob)];
    await Promise.all([
      ...[1, 2, 3].map((value) => set(first, { fields: [{ key: `a${value}`, value }] })),
      ...[1, 2, 3].map((value) => set(second, { fields: [{ key: `b${value}`, value }] })),
    ]);
    const { profile } = await ask(first, 'profile.get', {});
    const keys = (profile as ProfileInfo).fields?.map(({ key }) => key).sort();
    expect(keys).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  });

  it('are changed by the back end, too', async () => {
    const [owner, viewer] = [await signIn(bob), await signIn(alice)];
    await watched(viewer, bob);
    const profile = { name: 'Robert', status: 'Busy', image: 'https://a.example/b.png' };
    expect(await server.backend('userset', { user: { address: bob.address, profile } })).toMatchObject({
      result: true,
      user: { name: 'Robert' },
    });
    const expected = { name: 'Robert', status: 'Busy', picture: { url: 'https://a.example/b.png' } };
    expect((await owner.next('profile')).profile).toMatchObject({ ...expected, searchable: false });
    expect((await viewer.next('profile')).profile).toMatchObject(expected);
  });
});

const png = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);
