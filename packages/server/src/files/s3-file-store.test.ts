import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock, startTestNode, type TestNode, type TestUser, tempFolder } from '@stoa/testkit';
import { startS3, type TestS3 } from '@stoa/testkit/s3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadSettings, type S3Address } from '../settings/index.ts';
import { fileStoreContract } from './file-store-contract.ts';
import { S3FileStore } from './s3-file-store.ts';

let s3: TestS3;
let folder: ReturnType<typeof tempFolder>;

beforeAll(async () => {
  s3 = await startS3();
  folder = tempFolder();
});
afterAll(async () => {
  await s3?.close();
  folder?.remove();
});

function addressOf(setting: string): S3Address {
  const { files } = loadSettings({ env: { STOA_FILES: setting } });
  if (files === null) throw new Error('unreachable');
  return files;
}

describe('a store on S3', () => {
  let store: S3FileStore;

  beforeAll(() => {
    store = new S3FileStore(addressOf(s3.address()));
  });
  afterAll(() => store?.close());

  fileStoreContract(() => ({ store, folder: folder.path }));
});

describe('a node that keeps its files on S3', () => {
  const hourMs = 3_600_000;
  let server: TestNode;
  let clock: ManualClock;
  let alice: TestUser;

  beforeAll(async () => {
    clock = new ManualClock(Date.now());
    const env = { STOA_FILES: s3.address() };
    server = await startTestNode({ dataDir: folder.path, clock, env });
    alice = await server.addUser('alice');
  });
  afterAll(() => server?.close());

  const bearer = () => ({ authorization: `Bearer ${alice.token}` });
  const url = (path: string) => new URL(path, server.url).href;

  async function upload(content: Uint8Array) {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(content)]), 'a.bin');
    const response = await fetch(url('/files'), { method: 'POST', headers: bearer(), body: form });
    const { file, error } = await response.json();
    return { status: response.status, file, error };
  }

  it('takes uploads in pieces, serves them and their parts by its own links, and removes them', async () => {
    const content = randomBytes(12_000_000);
    const tus = { ...bearer(), 'tus-resumable': '1.0.0' };
    const begun = await fetch(url('/files/uploads'), {
      method: 'POST',
      headers: { ...tus, 'upload-length': String(content.length) },
    });
    const path = begun.headers.get('location') ?? '';
    for (const [start, end] of [
      [0, 5_000_000],
      [5_000_000, content.length],
    ] as const) {
      const { status } = await fetch(url(path), {
        method: 'PATCH',
        headers: {
          ...tus,
          'content-type': 'application/offset+octet-stream',
          'upload-offset': String(start),
        },
        body: content.subarray(start, end),
      });
      expect(status).toBe(204);
    }
    const id = path.split('/').at(-1) ?? '';
    expect(s3.objects()).toContain(`files/${id}`);
    expect(readdirSync(join(folder.path, 'files', 'partial'))).toEqual([]);
    const answer = await fetch(url('/files/links'), {
      method: 'POST',
      headers: { ...bearer(), 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [id] }),
    });
    const [file] = (await answer.json()).files;
    expect(file.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    const part = await fetch(file.url, { headers: { range: 'bytes=7000000-7000009' } });
    expect([part.status, part.headers.get('content-security-policy')]).toEqual([
      206,
      expect.stringContaining('sandbox'),
    ]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(7_000_000, 7_000_010));
    clock.jump(25 * hourMs);
    await expect.poll(() => s3.objects(), { timeout: 20_000 }).not.toContain(`files/${id}`);
  });

  it('says that it has to wait while the store is away, keeps nothing by halves, and goes on after', async () => {
    const { file } = await upload(randomBytes(1000));
    const before = s3.objects();
    await s3.kill();
    expect(await upload(randomBytes(1000))).toMatchObject({ status: 503, error: { code: 'UNAVAILABLE' } });
    expect((await fetch(file.url)).status).toBe(503);
    await s3.start();
    expect((await fetch(file.url)).status).toBe(200);
    expect(s3.objects()).toEqual(before);
    expect((await upload(randomBytes(1000))).status).toBe(201);
  });

  it('removes what another process left of an upload', async () => {
    const left = join(folder.path, 'files', 'partial', 'f'.repeat(32));
    writeFileSync(left, 'half');
    const old = clock.now() / 1000 - 49 * 3600;
    utimesSync(left, old, old);
    clock.jump(61_000);
    await expect
      .poll(() => readdirSync(join(folder.path, 'files', 'partial')), { timeout: 20_000 })
      .toEqual([]);
  });
});

describe('a node that sends browsers to the bucket', () => {
  it('gives who has a link of its own one to the content, with its type and for a time, and nobody else', async () => {
    const env = { STOA_FILES: `${s3.address()}&downloads=bucket` };
    const server = await startTestNode({ env });
    onTestFinished(() => server.close());
    const { token } = await server.addUser('alice');
    const form = new FormData();
    const content = '<script>alert(1)</script> and more';
    form.append('file', new Blob([content]), 'page.html');
    const headers = { authorization: `Bearer ${token}` };
    const uploaded = await fetch(new URL('/files', server.url), { method: 'POST', headers, body: form });
    const { file } = await uploaded.json();

    const sent = await fetch(file.url, { redirect: 'manual' });
    expect([sent.status, sent.headers.get('cache-control')]).toEqual([302, 'private, max-age=1800']);
    const address = new URL(sent.headers.get('location') ?? '');
    expect(address.pathname).toContain(file.id);
    expect(address.searchParams.get('X-Amz-Expires')).toBe('3600');
    const asked = await fetch(file.url, { method: 'HEAD' });
    expect([asked.status, asked.redirected]).toEqual([200, false]);
    expect(asked.headers.get('content-length')).toBe(String(content.length));
    const followed = await fetch(file.url);
    expect(await followed.text()).toBe(content);
    expect(Object.fromEntries(followed.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': 'attachment; filename=page.html',
    });
    const part = await fetch(file.url, { headers: { range: 'bytes=1-6' } });
    expect([part.status, await part.text()]).toEqual([206, 'script']);

    expect((await fetch(file.url.replace(/signature=.*/, 'signature=forged'))).status).toBe(403);
    address.searchParams.set('X-Amz-Signature', '0'.repeat(64));
    expect((await fetch(address)).status).toBe(403);
    const page = await fetch(server.url);
    expect(page.headers.get('content-security-policy')).toContain(`connect-src 'self' ${address.origin}`);
  });
});

it.each([
  [
    'a bucket that is not there',
    () => s3.address('nobodys-bucket'),
    'The bucket nobodys-bucket of STOA_FILES',
  ],
  ['a key that is wrong', () => s3.address(undefined, 'wrong'), 'cannot be used'],
])('a node does not start with %s, and says so', async (_what, address, message) => {
  await expect(startTestNode({ env: { STOA_FILES: address() } })).rejects.toThrow(message);
});
