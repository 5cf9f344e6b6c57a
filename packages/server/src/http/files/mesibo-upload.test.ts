import { SocketClient, startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

let server: TestNode;
let alice: TestUser;
let bob: TestUser;
let client: SocketClient;

beforeAll(async () => {
  server = await startTestNode();
  [alice, bob] = [await server.addUser('alice'), await server.addUser('bob')];
  client = await SocketClient.open(server.url);
  await client.hello(alice.token);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function post(
  fields: Record<string, string>,
  after: Record<string, string> = {},
  content?: Uint8Array,
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (content !== undefined) form.append('photo', new Blob([new Uint8Array(content)]), 'a.png');
  for (const [name, value] of Object.entries(after)) form.append(name, value);
  const response = await fetch(new URL('/files/upload', server.url), { method: 'POST', body: form });
  return (await response.json()) as Record<string, unknown>;
}

let asked = 0;
async function ask(op: string, body: object): Promise<Record<string, unknown>> {
  asked += 1;
  const id = asked;
  client.send({ t: 'request', id, op, body });
  return (await client.next('response', (answer) => answer.id === id)).body;
}

async function ownPicture(): Promise<unknown> {
  const { profiles } = await ask('profiles.get', { users: [{ user: bob.address }] });
  const [profile] = profiles as { picture?: { url: string } }[];
  const path = profile?.picture?.url;
  return path && Buffer.from(await (await fetch(new URL(path, server.url))).arrayBuffer());
}

it('the picture of a user is set and removed by a form, whatever the order of its fields', async () => {
  const { token } = bob;
  expect(await post({ op: 'upload', token, gid: '0' }, { profile: '1' }, png)).toEqual({
    op: 'upload',
    result: true,
    profile: 1,
    gid: 0,
    url: expect.stringContaining('/files/'),
    file: expect.stringContaining('/files/'),
  });
  expect(await ownPicture()).toEqual(png);
  const text = Buffer.from('not a picture');
  expect(await post({ token, profile: '1' }, {}, text)).toMatchObject({ result: false });
  expect(await ownPicture()).toEqual(png);
  expect(await post({ op: 'upload', token, profile: '1', delete: '1' })).toMatchObject({ result: true });
  expect(await ownPicture()).toBeUndefined();
});

it('that of a group by who may change the group, and by nobody else', async () => {
  const { group } = await ask('groups.create', { name: 'Choir', members: [bob.address] });
  const { gid } = group as { gid: number };
  const imageOf = async () => ((await ask('groups.get', { gid })).group as { image?: string }).image;
  const fields = { profile: '1', gid: String(gid) };
  expect(await post({ token: bob.token, ...fields }, {}, png)).toMatchObject({
    result: false,
    error: 'DENIED',
  });
  expect(await imageOf()).toBeUndefined();
  const { url } = await post({ token: alice.token, ...fields }, {}, png);
  expect(await imageOf()).toBe(url);
  expect(await post({ token: alice.token, ...fields, delete: '1' })).toMatchObject({ result: true, gid });
  expect(await imageOf()).toBeUndefined();
});

it('a form without a file, with a wrong group or the token of nobody changes nothing', async () => {
  const { token } = alice;
  expect(await post({ token })).toMatchObject({ result: false, code: 'BAD_REQUEST' });
  expect(await post({ token, profile: '1' })).toMatchObject({ result: false, code: 'BAD_REQUEST' });
  expect(await post({ token, delete: '1' })).toMatchObject({ result: false, code: 'BAD_REQUEST' });
  for (const gid of ['-1', '1e3', '99999999999', 'a']) {
    const answer = await post({ token, profile: '1', delete: '1', gid });
    expect(answer).toMatchObject({ result: false, code: 'BAD_REQUEST' });
  }
  const forged = await post({ token: 'not-a-token-of-anybody', profile: '1', delete: '1' });
  expect(forged).toMatchObject({ result: false, error: 'BADTOKEN' });
});
