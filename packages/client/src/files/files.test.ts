import { createHash, randomBytes } from 'node:crypto';
import { startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Client, type ClientOptions, type LocalMessage, memoryStore, memoryTransfers } from '../index.ts';

const patience = { timeout: 30_000 };

let server: TestNode;
let alice: TestUser;
let bob: TestUser;

beforeEach(async () => {
  server = await startTestNode({ env: { STOA_FILE_MEGABYTES: '5' } });
  [alice, bob] = [await server.addUser('alice'), await server.addUser('bob')];
});
afterEach(() => server.close());

async function start({ token }: TestUser, options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = new Client({ url: server.url, token, ...options });
  onTestFinished(() => client.stop());
  await client.start();
  return client;
}

/** The first message that comes and names a file. */
function nextFile(client: Client): Promise<LocalMessage> {
  return new Promise((resolve) => {
    const forget = client.on('message', (message) => {
      if (message.content?.file === undefined) return;
      forget();
      resolve(message);
    });
  });
}

const blobOf = (bytes: Uint8Array, type = 'application/octet-stream') =>
  new Blob([new Uint8Array(bytes)], { type });
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function download(client: Client, { content }: LocalMessage): Promise<Uint8Array> {
  const link = content?.file && (await client.files.link(content.file));
  return new Uint8Array(await (await fetch(link ?? '')).arrayBuffer());
}

/** Calls `then` in the moment in which the first upload is under way. */
const onceUnderWay = (client: Client, then: () => Promise<void>) =>
  new Promise<void>((resolve) => {
    const forget = client.files.onChange(() => {
      if ((client.files.transfers()[0]?.sent ?? 0) === 0) return;
      forget();
      resolve(then());
    });
  });

it('a file reaches the other side with its message, whatever else is sent meanwhile', async () => {
  const [from, to] = [await start(alice), await start(bob)];
  const content = randomBytes(1_000_000);
  const arrived = nextFile(to);
  const problems: string[] = [];
  from.on('problem', ({ message }) => problems.push(message));
  from.files.onChange(() => {
    throw new Error('a bug of the application');
  });
  const transfer = await from.files.send(
    { peer: 'bob' },
    { file: blobOf(content), name: 'a.bin', content: { text: 'Look' } },
  );
  expect(transfer).toMatchObject({ name: 'a.bin', size: content.length });
  await from.send({ peer: 'bob' }, { content: { text: 'in between' } }).sent;
  const message = await arrived;
  expect(message.content).toMatchObject({
    text: 'Look',
    file: { name: 'a.bin', size: content.length, mime: 'application/octet-stream', type: 10 },
  });
  expect(hashOf(await download(to, message))).toBe(hashOf(content));
  await vi.waitUntil(() => from.files.transfers().length === 0, patience);
  expect(new Set(problems)).toEqual(new Set(['A listener of "files" threw an error.']));
});

it('an upload goes on where it was when the page is loaded anew, and its message is sent once', async () => {
  const [store, transfers] = [memoryStore(), memoryTransfers()];
  const to = await start(bob);
  const content = randomBytes(4_000_000);
  const first = await start(alice, { store, files: { store: transfers } });
  const arrived = nextFile(to);
  const stopped = onceUnderWay(first, () => first.stop());
  await first.files.send({ peer: 'bob' }, { file: blobOf(content), name: 'a.bin' });
  await stopped;
  const [kept] = await transfers.all();
  expect(kept).toMatchObject({ name: 'a.bin', uploadId: expect.any(String) });
  const second = await start(alice, { store, files: { store: transfers } });
  const message = await arrived;
  // Its id tells that it is the same upload.
  expect(message.content?.file?.id).toBe(kept?.uploadId);
  expect(hashOf(await download(to, message))).toBe(hashOf(content));
  await vi.waitUntil(() => second.files.transfers().length === 0, patience);
  expect(await transfers.all()).toEqual([]);
  // As if the page had ended before this was noted.
  if (kept !== undefined) await transfers.put(kept);
  await second.stop();
  const third = await start(alice, { store, files: { store: transfers } });
  await vi.waitUntil(async () => (await transfers.all()).length === 0, patience);
  await third.send({ peer: 'bob' }, { content: { text: 'last' } }).sent;
  const messages = await third.messages({ peer: 'bob' }, { limit: 10 });
  expect(messages.map(({ content: said }) => said?.text ?? said?.file?.name)).toEqual(['last', 'a.bin']);
});

it('an upload can be paused, resumed and given up', async () => {
  const [from, to] = [await start(alice), await start(bob)];
  const content = randomBytes(4_000_000);
  const arrived = nextFile(to);
  let id = '';
  const paused = onceUnderWay(from, () => from.files.pause(id));
  ({ id } = await from.files.send({ peer: 'bob' }, { file: blobOf(content), name: 'kept' }));
  const other = await from.files.send({ peer: 'bob' }, { file: blobOf(content), name: 'given up' });
  await paused;
  expect(from.files.transfers().find((each) => each.id === id)).toMatchObject({ state: 'paused' });
  await from.files.cancel(other.id);
  await from.files.resume(id);
  expect((await arrived).content?.file?.name).toBe('kept');
  await vi.waitUntil(() => from.files.transfers().length === 0, patience);
});

it('an upload is shown as paused or given up when that is kept, and goes on when it cannot be', async () => {
  const transfers = memoryTransfers();
  /** What the store is asked while it is slow or refuses; each is to be answered. */
  let asked: { carryOut: () => void; refuse: () => void }[] | undefined;
  const waiting = (work: () => Promise<void>): Promise<void> => {
    if (asked === undefined) return work();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    asked.push({ carryOut: () => resolve(work()), refuse: () => reject(new Error('The disk is full.')) });
    return promise;
  };
  const store: typeof transfers = {
    ...transfers,
    put: (record) => waiting(() => transfers.put(record)),
    remove: (id) => waiting(() => transfers.remove(id)),
  };
  // Not started: nothing is sent.
  const from = new Client({ url: server.url, token: alice.token, files: { store } });
  const { id } = await from.files.send({ peer: 'bob' }, { file: blobOf(randomBytes(1_000)), name: 'a' });
  const state = () => from.files.transfers()[0]?.state;
  const decide = async (decision: Promise<void>, how: 'carryOut' | 'refuse') => {
    const outcome = decision.then(
      () => 'done',
      ({ message }: Error) => message,
    );
    await vi.waitUntil(() => asked?.length === 1, patience);
    const before = state();
    asked?.shift()?.[how]();
    return [before, await outcome, state()];
  };
  asked = [];
  expect(await decide(from.files.pause(id), 'refuse')).toEqual(['waiting', 'The disk is full.', 'waiting']);
  expect(await decide(from.files.pause(id), 'carryOut')).toEqual(['waiting', 'done', 'paused']);
  expect(await decide(from.files.resume(id), 'refuse')).toEqual(['paused', 'The disk is full.', 'paused']);
  expect((await transfers.all())[0]).toMatchObject({ paused: true });
  expect(await decide(from.files.resume(id), 'carryOut')).toEqual(['paused', 'done', 'waiting']);
  expect(await decide(from.files.cancel(id), 'refuse')).toEqual(['waiting', 'The disk is full.', 'waiting']);
  expect(await decide(from.files.cancel(id), 'carryOut')).toEqual(['waiting', 'done', undefined]);
  expect(await transfers.all()).toEqual([]);

  asked = undefined;
  const { id: both } = await from.files.send({ peer: 'bob' }, { file: blobOf(randomBytes(9)), name: 'both' });
  await Promise.all([from.files.cancel(both), from.files.pause(both)]);
  expect([from.files.transfers(), await transfers.all()]).toEqual([[], []]);
  const arrived = nextFile(await start(bob));
  await from.files.send({ peer: 'bob' }, { file: blobOf(randomBytes(1_000)), name: 'b' });
  asked = [];
  const [next] = from.files.transfers();
  await decide(from.files.pause(next?.id ?? ''), 'refuse');
  asked = undefined;
  onTestFinished(() => from.stop());
  await from.start();
  expect((await arrived).content?.file?.name).toBe('b');
});

it('what the server refuses has failed, with the reason, and can be given up', async () => {
  const from = await start(alice);
  const { id } = await from.files.send({ peer: 'bob' }, { file: blobOf(new Uint8Array(5_000_001)) });
  await vi.waitUntil(() => from.files.transfers()[0]?.state === 'failed', patience);
  expect(from.files.transfers()[0]?.error).toMatchObject({ code: 'TOO_LARGE' });
  await from.files.cancel(id);
  expect(from.files.transfers()).toEqual([]);
});

it('a link that has run out is renewed, many at once by one request', async () => {
  const [from, to] = [await start(alice), await start(bob)];
  const arrived = nextFile(to);
  await from.files.send({ peer: 'bob' }, { file: blobOf(randomBytes(10)) });
  const { content } = await arrived;
  const file = content?.file ?? { url: '' };
  expect(to.files.knownLink(file)).toContain(file.id);
  const old = { ...file, url: file.url.replace(/expires=\d+/, 'expires=1') };
  expect(to.files.knownLink(old)).toBeUndefined();
  const requests = vi.spyOn(globalThis, 'fetch');
  onTestFinished(() => requests.mockRestore());
  const links = await Promise.all([to.files.link(old), to.files.link(old)]);
  expect(requests).toHaveBeenCalledTimes(1);
  expect((await fetch(links[0] ?? '')).status).toBe(200);
  expect(to.files.knownLink(old)).toBe(links[1]);
  expect(await to.files.link({ id: '0'.repeat(32), url: '' })).toBeUndefined();
  const away = await start(bob);
  requests.mockRejectedValueOnce(new TypeError('Failed to fetch'));
  expect(await away.files.link(old)).toBe(old.url);
  expect(await away.files.link(old)).toContain(file.id);
  expect(to.files.knownLink({ url: 'https://example.com/a.png' })).toBe('https://example.com/a.png');
});

it('pages that find the same file in their store send it once', async () => {
  const transfers = memoryTransfers();
  const to = await start(bob);
  const record = {
    target: { peer: 'bob' },
    content: {},
    name: 'once',
    localId: 7,
    createdAt: 1,
    id: crypto.randomUUID(),
  };
  await transfers.put({ ...record, file: blobOf(randomBytes(1_000_000)) });
  const arrived = nextFile(to);
  await Promise.all([
    start(alice, { files: { store: transfers } }),
    start(alice, { files: { store: transfers } }),
  ]);
  await arrived;
  await vi.waitUntil(async () => (await transfers.all()).length === 0, patience);
  await (await start(alice)).send({ peer: 'bob' }, { content: { text: 'last' } }).sent;
  await vi.waitUntil(
    async () => (await to.messages({ peer: 'alice' }, { limit: 9 }))[0]?.content?.text === 'last',
    patience,
  );
  const messages = await to.messages({ peer: 'alice' }, { limit: 9 });
  expect(messages.map(({ content }) => content?.file?.name)).toEqual([undefined, 'once']);
});
