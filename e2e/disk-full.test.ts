import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@stoa/client';
import { addUser, fillDisk, onSmallDisk, ServerProcess, type TestUser, tempFolder } from '@stoa/testkit';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

const megabyte = 1_000_000;
const patience = { timeout: 40_000 };

let folder: ReturnType<typeof tempFolder>;
let server: ServerProcess;
let alice: TestUser;
let bob: TestUser;
let clients: Client[] = [];

beforeAll(async () => {
  folder = tempFolder();
  const launcher = onSmallDisk(folder.path, 16 * megabyte);
  server = await ServerProcess.start({ dataDir: folder.path, launcher });
  [alice, bob] = [await addUser(server.url, 'alice'), await addUser(server.url, 'bob')];
}, 60_000);
afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  clients = [];
});
afterAll(async () => {
  await server.kill();
  folder.remove();
});

async function start({ token }: TestUser): Promise<Client> {
  const client = new Client({ url: server.url, token });
  clients.push(client);
  // The server says that it cannot store anything: that is what is made here.
  client.on('problem', () => {});
  await client.start();
  return client;
}

const next = (client: Client, isIt: (text: string | undefined, file: string | undefined) => boolean) =>
  new Promise<void>((resolve) => {
    client.on('message', ({ content }) => isIt(content?.text, content?.file?.name) && resolve());
  });

/** Names of all files of users, as the server sees its disk. */
function stored(): string[] {
  const files = join(`/proc/${server.pid}/root`, folder.path, 'files');
  if (!existsSync(files)) return [];
  return readdirSync(files, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

it('a full disk is told, nothing is kept by halves, and messages wait until there is room', async () => {
  const [from, to] = [await start(alice), await start(bob)];
  await from.send({ peer: 'bob' }, { content: { text: 'before' } }).sent;
  const makeRoom = fillDisk(server, folder.path);
  const arrived = [next(to, (text) => text === 'later'), next(to, (_, name) => name === 'later.bin')];

  const text = from.send({ peer: 'bob' }, { content: { text: 'later' } });
  await from.files.send({ peer: 'bob' }, { file: new Blob([randomBytes(megabyte)]), name: 'later.bin' });
  await vi.waitUntil(() => from.files.transfers()[0]?.error !== undefined, patience);
  expect(from.files.transfers()[0]?.error).toMatchObject({ retryable: true });
  expect(await from.messages({ peer: 'bob' }, { limit: 1 })).toMatchObject([
    { localId: text.message.localId, status: 'outbox' },
  ]);
  await expect.poll(stored).toEqual([]);

  makeRoom();
  const [transfer] = from.files.transfers();
  await from.files.resume(transfer?.id ?? '');
  await text.sent;
  await Promise.all(arrived);
});

it('a file for which there is no room is refused with its code, and leaves nothing of itself', async () => {
  const before = stored();
  const upload = async (bytes: number) => {
    const form = new FormData();
    form.append('file', new Blob([randomBytes(bytes)]), 'a.bin');
    const headers = { authorization: `Bearer ${alice.token}` };
    const response = await fetch(`${server.url}/files`, { method: 'POST', headers, body: form });
    return { status: response.status, body: await response.json() };
  };
  expect(await upload(17 * megabyte)).toMatchObject({
    status: 507,
    body: { error: { code: 'STORAGE_FULL', hint: expect.any(String) } },
  });
  await expect.poll(stored).toEqual(before);
  expect((await upload(megabyte)).status).toBe(201);
});

it('an upload in pieces that finds no room goes on where it was when there is some', async () => {
  const [from, to] = [await start(alice), await start(bob)];
  const arrived = next(to, (_, name) => name === 'large.bin');
  const full = new Promise<() => void>((resolve) => {
    const forget = from.files.onChange(() => {
      if ((from.files.transfers()[0]?.sent ?? 0) === 0) return;
      forget();
      resolve(fillDisk(server, folder.path));
    });
  });
  const content = new Blob([randomBytes(3 * megabyte)]);
  const { id } = await from.files.send({ peer: 'bob' }, { file: content, name: 'large.bin' });
  const makeRoom = await full;
  // It tries again by itself meanwhile.
  await expect
    .poll(() => from.files.transfers()[0], patience)
    .toMatchObject({ state: 'waiting', error: { code: 'STORAGE_FULL' } });
  makeRoom();
  await from.files.resume(id);
  await arrived;
});
