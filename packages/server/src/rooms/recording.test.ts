import { LocalEngine } from '@stoa/media';
import { memberFlags } from '@stoa/protocol';
import { startTestNode, type TestNode, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RoomDevice } from './testing/room-device.ts';

let node: TestNode;

/** On a busy machine. */
const patience = { timeout: 20_000 };

beforeAll(async () => {
  node = await startTestNode({ media: new LocalEngine({ bindAddress: '127.0.0.1' }) });
});
afterAll(() => node.close());

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${testAppToken}`, ...init.headers };
  return fetch(`${node.url}/v1${path}`, { ...init, headers });
}

interface Listed {
  readonly id: string;
  readonly endedAt: number | null;
  readonly files: readonly { readonly file: string; readonly user: string; readonly kind: string }[];
}

async function json(path: string): Promise<Listed> {
  return (await (await ask(path)).json()) as Listed;
}

it('is recorded by who may, which everybody in it knows, and the back end gets the files', async () => {
  const [owner, member] = await Promise.all([node.addUser('alice'), node.addUser('bob')]);
  const maker = await RoomDevice.open(node, owner, 0);
  const { group } = await maker.ask('groups.create', { name: 'Band', members: [member.address] });
  const { gid } = group;
  const [alice, bob] = await Promise.all([
    RoomDevice.open(node, owner, gid),
    RoomDevice.open(node, member, gid),
  ]);
  expect((await alice.join()).may).toContain('record');
  expect((await bob.join()).may).not.toContain('record');
  expect(await bob.refused('rooms.record', { gid, on: true })).toBe('PERMISSION_DENIED');

  await alice.ask('rooms.record', { gid, on: true });
  for (const device of [alice, bob]) {
    expect(await device.told('recording')).toMatchObject({ on: true, by: 'alice' });
  }
  await alice.publish();
  const carol = await RoomDevice.open(node, member, gid);
  expect((await carol.join()).recording).toMatchObject({ by: 'alice' });

  const { data } = (await (await ask(`/recordings?gid=${gid}`)).json()) as { data: Listed[] };
  const id = data[0]?.id ?? '';
  await expect.poll(async () => (await json(`/recordings/${id}`)).files.length, patience).toBe(2);
  await alice.ask('rooms.record', { gid, on: false });
  expect(await bob.told('recording', ({ on }) => !on)).toEqual({ type: 'recording', on: false });

  const { files, endedAt } = await json(`/recordings/${id}`);
  expect(endedAt).not.toBeNull();
  expect(files.map(({ user, kind }) => [user, kind]).sort()).toEqual([
    ['alice', 'camera'],
    ['alice', 'microphone'],
  ]);
  const path = `/recordings/${id}/files/${files[0]?.file}`;
  const whole = Buffer.from(await (await ask(path)).arrayBuffer());
  expect(whole.subarray(0, 4).toString('hex')).toBe('1a45dfa3');
  const part = await ask(path, { headers: { range: 'bytes=4-7' } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(4, 8));
  expect((await ask(`/recordings/${id}/files/..%2frecording.json`)).status).toBe(404);
  expect((await ask(`/recordings/..%2f..%2f${id}`)).status).toBe(404);

  expect((await ask(`/recordings/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await ask(`/recordings/${id}`)).status).toBe(404);
  for (const device of [maker, alice, bob, carol]) await device.close();
}, 60_000);

it('may be recorded by members to whom that was permitted', async () => {
  const [owner, member] = await Promise.all([node.addUser('dora'), node.addUser('emil')]);
  const maker = await RoomDevice.open(node, owner, 0);
  const { group } = await maker.ask('groups.create', { name: 'Class' });
  const permissions = memberFlags.send | memberFlags.receive | memberFlags.record;
  await maker.ask('groups.members.add', { gid: group.gid, users: [member.address], permissions });
  const emil = await RoomDevice.open(node, member, group.gid);
  expect((await emil.join()).may).toContain('record');
  // Whoever leaves as the last ends it.
  await emil.ask('rooms.record', { gid: group.gid, on: true });
  const { data } = (await (await ask(`/recordings?gid=${group.gid}`)).json()) as { data: Listed[] };
  expect(data).toMatchObject([{ endedAt: null }]);
  await emil.ask('rooms.leave', { gid: group.gid });
  await expect.poll(async () => (await json(`/recordings/${data[0]?.id}`)).endedAt, patience).not.toBeNull();
  for (const device of [maker, emil]) await device.close();
});
