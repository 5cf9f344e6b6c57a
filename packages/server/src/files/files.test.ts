import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import {
  ManualClock,
  SocketClient,
  startTestNode,
  type TestNode,
  type TestUser,
  tempFolder,
} from '@stoa/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';

const hourMs = 3_600_000;
const png = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

interface FileAnswer {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly sha256: string;
}

let folder: ReturnType<typeof tempFolder>;
let clock: ManualClock;
let server: TestNode;
let alice: TestUser;
let bob: TestUser;
let carol: TestUser;

async function start(env: Record<string, string> = {}): Promise<void> {
  server = await startTestNode({ dataDir: folder.path, clock, env });
}

beforeEach(async () => {
  folder = tempFolder();
  clock = new ManualClock(Date.now());
  await start({ STOA_FILE_MEGABYTES: '1', STOA_FILE_MEGABYTES_PER_USER: '2' });
  [alice, bob, carol] = [
    await server.addUser('alice'),
    await server.addUser('bob'),
    await server.addUser('carol'),
  ];
});
afterEach(async () => {
  await server.close();
  folder.remove();
});

const as = ({ token }: TestUser) => ({ authorization: `Bearer ${token}` });
const url = (path: string) => new URL(path, server.url).href;

async function upload(user: TestUser, content: Uint8Array | string = png, name = 'a.png') {
  const form = new FormData();
  form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
  const response = await fetch(url('/files'), { method: 'POST', headers: as(user), body: form });
  const body = (await response.json()) as { file: FileAnswer; error?: { code: string } };
  return { status: response.status, file: body.file, code: body.error?.code };
}

async function links(user: TestUser, ids: readonly string[]) {
  const headers = { ...as(user), 'content-type': 'application/json' };
  const response = await fetch(url('/files/links'), {
    method: 'POST',
    headers,
    body: JSON.stringify({ ids }),
  });
  return ((await response.json()) as { files: FileAnswer[] }).files;
}

async function signIn(user: TestUser): Promise<SocketClient> {
  const client = await SocketClient.open(server.url);
  await client.hello(user.token);
  return client;
}

const naming = ({ id, url: link }: FileAnswer, sendId: number, peer = 'bob') => ({
  t: 'send' as const,
  id: sendId,
  peer,
  content: { text: 'look', file: { id, url: link } },
});

const tus = (user: TestUser, more: Record<string, string> = {}) => ({
  ...as(user),
  'tus-resumable': '1.0.0',
  ...more,
});
const piece = (offset: number) => ({
  'content-type': 'application/offset+octet-stream',
  'upload-offset': String(offset),
});

async function begin(user: TestUser, size: number, name = 'a.bin') {
  const metadata = `filename ${Buffer.from(name).toString('base64')}`;
  const headers = tus(user, { 'upload-length': String(size), 'upload-metadata': metadata });
  const response = await fetch(url('/files/uploads'), { method: 'POST', headers });
  return { status: response.status, path: response.headers.get('location') ?? '', response };
}

/** Names of all files below the folder of files. */
const onDisk = () =>
  readdirSync(join(folder.path, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

it('a file comes back as it was sent, with what the server found out about it', async () => {
  const { status, file } = await upload(alice, png, 'Größe 😀.png');
  expect([status, file]).toMatchObject([201, { name: 'Größe 😀.png', mime: 'image/png', size: png.length }]);
  expect(file.sha256).toBe(createHash('sha256').update(png).digest('hex'));
  const response = await fetch(file.url);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(png);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(png.length),
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-disposition': expect.stringMatching(/^inline; .*filename\*=UTF-8''/),
    'content-security-policy': expect.stringMatching(/sandbox(;|$)/),
  });
});

it('parts of it can be asked for, and nothing is sent to who has it', async () => {
  const content = randomBytes(1000);
  const { file } = await upload(alice, content, 'a.bin');
  const get = (headers: Record<string, string>) => fetch(file.url, { headers });
  const tag = (await get({})).headers.get('etag') ?? '';
  expect((await get({ 'if-none-match': tag })).status).toBe(304);
  const part = await get({ range: 'bytes=10-19' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/1000']);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(10, 20));
  expect((await get({ range: 'bytes=10-19', 'if-range': '"other"' })).status).toBe(200);
  const beyond = await get({ range: 'bytes=1000-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
  const ranges = Array.from({ length: 500 }, () => '0-').join(',');
  expect((await get({ range: `bytes=${ranges}` })).status).toBe(200);
  const head = await fetch(file.url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000']);
});

it.each([
  ['html', '<!doctype html><script>parent.hacked = 1</script>', 'text/plain; charset=utf-8'],
  ['svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', /./],
  ['png', '<html><script>alert(1)</script></html>', 'text/plain; charset=utf-8'],
  ['jpg', 'PK\u0003\u0004 not a picture', /./],
])(
  'what is called .%s and is not to be shown is to be saved, as what it is',
  async (ending, content, type) => {
    const { file } = await upload(alice, content, `evil.${ending}`);
    const { headers } = await fetch(file.url);
    expect(headers.get('content-type')).toMatch(type);
    expect(headers.get('content-type')).not.toMatch(/html|svg\+xml/);
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  },
);

it('a link holds for its time only, and for its file', async () => {
  const { file } = await upload(alice);
  const other = (await upload(alice, 'other', 'b.txt')).file;
  const swapped = file.url.replace(file.id, other.id);
  const longer = file.url.replace(/expires=\d+/, 'expires=9999999999');
  const bare = file.url.split('?')[0] ?? '';
  for (const forged of [swapped, longer, bare, `${bare}?expires=1&signature=AAAA`]) {
    expect((await fetch(forged)).status).toBe(403);
  }
  clock.jump(8 * 24 * hourMs);
  const expired = await fetch(file.url);
  expect([expired.status, await expired.json()]).toMatchObject([403, { error: { code: 'LINK_EXPIRED' } }]);
});

it('a link is renewed for both sides of a conversation that names the file, and for nobody else', async () => {
  const { file } = await upload(alice);
  expect([await links(alice, [file.id]), await links(bob, [file.id])]).toMatchObject([[{ id: file.id }], []]);
  const client = await signIn(alice);
  client.send(naming(file, 1));
  const { seq } = await client.next('sent');
  expect([await links(bob, [file.id]), await links(carol, [file.id])]).toMatchObject([[{ id: file.id }], []]);
  // Bob sends it on.
  const forwarding = await signIn(bob);
  forwarding.send(naming(file, 1, 'carol'));
  await forwarding.next('sent');
  client.send({ t: 'send', id: 2, peer: 'bob', content: {}, event: 'recall', target: seq });
  await client.next('sent');
  expect(await links(carol, [file.id])).toMatchObject([{ id: file.id }]);
});

it('in a group, a file is for those who may read a message that names it', async () => {
  const { file } = await upload(alice);
  const client = await signIn(alice);
  const ask = async (id: number, op: string, body: object) => {
    client.send({ t: 'request', id, op, body });
    return (await client.next('response', (answer) => answer.id === id)).body as { group: { gid: number } };
  };
  const { gid } = (await ask(1, 'groups.create', { name: 'g', members: [bob.address] })).group;
  client.send({ t: 'send', id: 1, gid, content: { file: { id: file.id, url: file.url } } });
  await client.next('sent');
  await ask(2, 'groups.members.add', { gid, users: [carol.address] });
  expect([await links(bob, [file.id]), await links(carol, [file.id])]).toMatchObject([[{ id: file.id }], []]);
});

it('a message cannot name a file that its sender may not read', async () => {
  const { file } = await upload(alice);
  const client = await signIn(bob);
  client.send(naming(file, 1, 'carol'));
  expect(await client.next('error')).toMatchObject({ id: 1, code: 'NOT_FOUND' });
  expect(await links(bob, [file.id])).toEqual([]);
});

it('files that no message names are removed after a day, others when their messages are gone', async () => {
  const [unused, used] = [(await upload(alice)).file, (await upload(alice)).file];
  const begun = await begin(alice, 10);
  const client = await signIn(alice);
  client.send(naming(used, 1));
  const { seq } = await client.next('sent');
  // Within the same hour, so that links hold: only the sweep is looked at.
  clock.jump(25 * hourMs);
  await expect.poll(onDisk, { timeout: 20_000 }).toEqual([used.id]);
  expect((await fetch(unused.url)).status).toBe(404);
  expect((await fetch(url(begun.path), { method: 'HEAD', headers: tus(alice) })).status).toBe(404);
  expect((await fetch(used.url)).status).toBe(200);
  await server.close();
  await start({ STOA_RECALL_SECONDS: '0' });
  const again = await signIn(alice);
  again.send({ t: 'send', id: 2, peer: 'bob', content: {}, event: 'recall', target: seq });
  await again.next('sent', ({ id }) => id === 2);
  clock.jump(25 * hourMs);
  await expect.poll(onDisk, { timeout: 20_000 }).toEqual([]);
});

it('an upload goes on where it broke off, after a restart too', async () => {
  const content = randomBytes(300_000);
  const { path } = await begin(alice, content.length);
  const send = async (offset: number, bytes: Uint8Array) => {
    const options = { method: 'PATCH', headers: tus(alice, piece(offset)), body: new Uint8Array(bytes) };
    const response = await fetch(url(path), options);
    return [response.status, Number(response.headers.get('upload-offset'))];
  };
  const head = async () => {
    const { headers } = await fetch(url(path), { method: 'HEAD', headers: tus(alice) });
    return [Number(headers.get('upload-offset')), Number(headers.get('upload-length'))];
  };
  expect(await send(0, content.subarray(0, 100_000))).toEqual([204, 100_000]);
  expect((await send(7, content))[0]).toBe(409);
  await server.close();
  await start();
  // A connection that breaks in the middle of a piece.
  await new Promise<void>((resolve) => {
    const headers = { ...tus(alice, piece(100_000)), 'content-length': '200000' };
    const broken = httpRequest(url(path), { method: 'PATCH', headers });
    broken.on('error', () => resolve());
    broken.write(content.subarray(100_000, 150_000), () => broken.destroy());
    broken.on('close', () => resolve());
  });
  // What has come of that piece may still be written: then the upload goes on elsewhere, and who is told so asks again.
  const goOn = async () => {
    const [offset = 0, length] = await head();
    expect(length).toBe(content.length);
    expect(offset).toBeGreaterThanOrEqual(100_000);
    expect(offset).toBeLessThanOrEqual(150_000);
    return send(offset, content.subarray(offset));
  };
  await expect.poll(goOn).toEqual([204, content.length]);
  // Who did not hear of the end asks, and may say it again.
  expect(await head()).toEqual([content.length, content.length]);
  expect(await send(content.length, new Uint8Array())).toEqual([204, content.length]);
  const [file] = await links(alice, [path.split('/').at(-1) ?? '']);
  expect(file?.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  expect((await fetch(url(path), { method: 'DELETE', headers: tus(alice) })).status).toBe(409);
});

it('an upload in pieces is for who began it, in the version of the protocol, and can be given up', async () => {
  const { path } = await begin(alice, 10);
  const status = async (method: string, headers: Record<string, string>) =>
    (await fetch(url(path), { method, headers })).status;
  expect(await status('HEAD', tus(bob))).toBe(404);
  expect(await status('PATCH', tus(bob, piece(0)))).toBe(404);
  expect(await status('DELETE', tus(bob))).toBe(404);
  expect(await status('HEAD', { ...tus(alice), authorization: 'Bearer forged-token-0123456789' })).toBe(401);
  expect(await status('HEAD', as(alice))).toBe(412);
  expect(await status('PATCH', tus(alice, { ...piece(0), 'upload-offset': '-1' }))).toBe(400);
  expect(await status('PATCH', tus(alice, { ...piece(0), 'content-type': 'text/plain' }))).toBe(400);
  expect(await status('DELETE', tus(alice))).toBe(204);
  expect(await status('HEAD', tus(alice))).toBe(404);
  await expect.poll(onDisk).toEqual([]);
});

it('more than was announced is refused', async () => {
  const { path } = await begin(alice, 10);
  const response = await fetch(url(path), {
    method: 'PATCH',
    headers: tus(alice, piece(0)),
    body: new Uint8Array(11),
  });
  expect([response.status, await response.json()]).toMatchObject([413, { error: { code: 'TOO_LARGE' } }]);
});

it('limits of size, quota and type refuse with a code and keep nothing', async () => {
  expect(await upload(alice, new Uint8Array(1_000_001))).toMatchObject({ status: 413, code: 'TOO_LARGE' });
  expect((await begin(alice, 1_000_001)).status).toBe(413);
  await expect.poll(onDisk).toEqual([]);
  await upload(alice, new Uint8Array(900_000));
  await upload(alice, new Uint8Array(900_000));
  const before = onDisk();
  expect(await upload(alice, new Uint8Array(900_000))).toMatchObject({ status: 507, code: 'QUOTA_EXCEEDED' });
  expect((await begin(alice, 900_000)).status).toBe(507);
  await expect.poll(onDisk).toEqual(before);
  const settings = { files: { types: ['image/'], megabytes: 3 } };
  const password = Buffer.from('admin:test-administrator-password').toString('base64');
  const changed = await fetch(url('/v1/apps/1'), {
    method: 'PATCH',
    headers: { authorization: `Basic ${password}`, 'content-type': 'application/json' },
    body: JSON.stringify({ settings }),
  });
  expect(changed.status).toBe(200);
  expect(await upload(bob, 'text', 'a.png')).toMatchObject({ status: 415, code: 'UNSUPPORTED_TYPE' });
  await expect.poll(onDisk).toEqual(before);
  expect(await upload(bob, png)).toMatchObject({ status: 201 });
});

it('many uploads at once do not find more room than there is', async () => {
  const sixTimes = <Answer>(work: () => Promise<Answer>) => Promise.all(Array.from({ length: 6 }, work));
  const taken = (answers: readonly { status: number }[]) => answers.filter(({ status }) => status === 201);
  expect(taken(await sixTimes(() => upload(alice, new Uint8Array(900_000))))).toHaveLength(2);
  expect(taken(await sixTimes(() => begin(bob, 900_000)))).toHaveLength(2);
});

it('two users can upload the same at once', async () => {
  const content = randomBytes(200_000);
  const [one, other] = await Promise.all([upload(alice, content), upload(bob, content)]);
  expect(one.file.id).not.toBe(other.file.id);
  expect(one.file.sha256).toBe(other.file.sha256);
});

it('names that would lead elsewhere are names only', async () => {
  const { file } = await upload(alice, png, `../../../etc/${'x'.repeat(10_000)}.png`);
  expect([file.name.length < 256, file.name.includes('/')]).toEqual([true, false]);
  expect((await fetch(file.url)).status).toBe(200);
  expect(onDisk()).toEqual([file.id]);
  for (const path of ['/files/..%2f..%2fstoa.db/a', `/files/${file.id}/..%2f..`, '/files/x/y']) {
    expect([400, 403, 404]).toContain((await fetch(url(path))).status);
  }
});

it("mesibo's form is answered with both of its answers", async () => {
  const send = async (query: string, fields: Record<string, string>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('photo', new Blob([png]), 'a.png');
    const response = await fetch(url(`/files/upload${query}`), { method: 'POST', body: form });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  for (const [query, fields] of [
    ['', { op: 'upload', auth: alice.token, uid: '1', mid: '2', source: '0' }],
    [`?op=upload&token=${alice.token}`, {}],
  ] as const) {
    const { body } = await send(query, fields);
    expect(body).toEqual({ op: 'upload', result: true, url: expect.any(String), file: body.url });
    expect(new Uint8Array(await (await fetch(String(body.url))).arrayBuffer())).toEqual(png);
  }
  expect(await send('?op=upload', { token: 'wrong-token-0123456789' })).toMatchObject({
    status: 401,
    body: { op: 'upload', result: false, error: 'BADTOKEN' },
  });
  expect(await send('?op=delete', { token: alice.token })).toMatchObject({ body: { result: false } });
});

it('a message that names a file by its link alone keeps it, too', async () => {
  const { file } = await upload(alice);
  const client = await signIn(alice);
  client.send({ t: 'send', id: 1, peer: 'bob', content: { file: { url: file.url } } });
  await client.next('sent');
  expect(await links(bob, [file.id])).toHaveLength(1);
  client.send({
    t: 'send',
    id: 2,
    peer: 'bob',
    content: { file: { url: `https://a.example/files/${'0'.repeat(32)}/a` } },
  });
  await client.next('sent', ({ id }) => id === 2);
});

it('an export lists the files of a user, and erasing him removes them', async () => {
  const { file } = await upload(alice, png, 'mine.png');
  const client = await signIn(alice);
  client.send(naming(file, 1));
  await client.next('sent');
  const bearer = { authorization: 'Bearer test-app-token-0123456789abcdef' };
  const exported = await (await fetch(url('/v1/users/alice/export'), { headers: bearer })).text();
  const line = exported.split('\n').find((each) => each.includes('"kind":"file"')) ?? '{}';
  const { url: path, ...rest } = JSON.parse(line) as Record<string, unknown>;
  expect(rest).toMatchObject({ id: file.id, name: 'mine.png', mime: 'image/png', size: png.length });
  expect((await fetch(url(String(path)))).status).toBe(200);
  await fetch(url('/v1/users/alice?erase=true'), { method: 'DELETE', headers: bearer });
  await expect
    .poll(
      async () => {
        clock.jump(60_000);
        return onDisk();
      },
      { timeout: 20_000 },
    )
    .toEqual([]);
});
