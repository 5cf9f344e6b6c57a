import { LocalEngine, WorkerEngine } from '@stoa/media';
import { memberFlags } from '@stoa/protocol';
import { startTestNode, type TestNode, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { RoomDevice } from './testing/room-device.ts';

let node: TestNode;
let engine: LocalEngine;

/** On a busy machine. */
const patience = { timeout: 20_000 };

beforeAll(async () => {
  engine = new LocalEngine({ bindAddress: '127.0.0.1' });
  node = await startTestNode({ media: engine });
});
afterAll(() => node.close());

function ask(path: string, init: RequestInit = {}, of = node): Promise<Response> {
  const headers = { authorization: `Bearer ${testAppToken}`, ...init.headers };
  return fetch(`${of.url}/v1${path}`, { ...init, headers });
}

interface Listed {
  readonly id: string;
  readonly endedAt: number | null;
  readonly files: readonly {
    readonly file: string;
    readonly user: string;
    readonly kind: string;
    readonly startMs: number;
    readonly endMs: number | null;
  }[];
}

async function json(path: string, of = node): Promise<Listed> {
  return (await (await ask(path, {}, of)).json()) as Listed;
}

/** The newest recording of a group. */
async function newest(gid: number, of = node): Promise<string> {
  const { data } = (await (await ask(`/recordings?gid=${gid}`, {}, of)).json()) as { data: Listed[] };
  return data[0]?.id ?? '';
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

it('ends without a word when the media plane has nothing of it any more', async () => {
  const owner = await node.addUser('frida');
  const maker = await RoomDevice.open(node, owner, 0);
  const { group } = await maker.ask('groups.create', { name: 'Choir' });
  const frida = maker.in(group.gid);
  const { session } = await frida.join();
  // Ended before it has begun: nobody is told any more that he is recorded.
  const other = await RoomDevice.open(node, owner, group.gid);
  await other.join();
  const record = (device: RoomDevice, on: boolean) => device.ask('rooms.record', { gid: group.gid, on });
  const begins = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  vi.spyOn(engine, 'record').mockImplementationOnce(async (...args) => {
    begins.resolve();
    await goesOn.promise;
    await LocalEngine.prototype.record.apply(engine, args);
  });
  const beginning = record(frida, true);
  await begins.promise;
  const ending = record(other, false);
  // By then the server has heard of it.
  other.socket.send({ t: 'ping' });
  await other.socket.next('pong');
  goesOn.resolve();
  await Promise.all([beginning, ending]);
  await other.ask('rooms.leave', { gid: group.gid });
  expect((await frida.ask('rooms.get', { gid: group.gid })).room?.recording).toBeUndefined();
  await record(frida, true);
  await engine.closeRoom(`${group.gid}-${session}-1`);
  await record(frida, false);
  const id = await newest(group.gid);
  expect((await json(`/recordings/${id}`)).endedAt).not.toBeNull();
  for (const device of [frida, other]) await device.close();
});

it('goes on in more files when the process that wrote it has died', { timeout: 60_000 }, async () => {
  const workers = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
  const other = await startTestNode({ media: workers });
  const maker = await RoomDevice.open(other, await other.addUser('alice'), 0);
  const { group } = await maker.ask('groups.create', { name: 'Band' });
  const { gid } = group;
  const alice = maker.in(gid);
  await alice.join();
  await alice.publish();
  await alice.ask('rooms.record', { gid, on: true });
  const id = await newest(gid, other);
  const files = async () => (await json(`/recordings/${id}`, other)).files;
  await expect.poll(async () => (await files()).length, patience).toBe(2);
  for (const pid of workers.pids) process.kill(pid, 'SIGKILL');
  await alice.told('restart');
  await expect
    .poll(
      () =>
        alice.publish().then(
          () => true,
          () => false,
        ),
      patience,
    )
    .toBe(true);
  await expect.poll(async () => (await files()).length, patience).toBe(4);
  await alice.ask('rooms.record', { gid, on: false });
  const all = await files();
  const [before, after] = [all.slice(0, 2), all.slice(2)];
  expect(before.map(({ file, endMs }) => [file[0], endMs])).toEqual([
    ['1', null],
    ['1', null],
  ]);
  for (const { file, user, startMs, endMs } of after) {
    expect([file[0], user]).toEqual(['2', 'alice']);
    expect(startMs).toBeGreaterThan(Math.max(...before.map((each) => each.startMs)));
    expect(endMs).toBeGreaterThanOrEqual(startMs);
    const { status, headers } = await ask(`/recordings/${id}/files/${file}`, {}, other);
    expect([status, Number(headers.get('content-length')) > 100]).toEqual([200, true]);
  }
  expect((await json(`/recordings/${id}`, other)).endedAt).not.toBeNull();
  await alice.close();
  await other.close();
});
