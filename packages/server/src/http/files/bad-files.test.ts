import { request } from 'node:http';
import { crc32, deflateSync } from 'node:zlib';
import { startTestNode, type TestNode, type TestUser } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

let server: TestNode;
let alice: TestUser;

beforeAll(async () => {
  server = await startTestNode();
  alice = await server.addUser('alice');
});
afterAll(() => server.close());

const bearer = (token = alice.token) => ({ authorization: `Bearer ${token}` });
const url = (path: string) => new URL(path, server.url).href;

async function upload(
  content: Uint8Array | string,
  name: string,
  headers: Record<string, string> = bearer(),
) {
  const form = new FormData();
  form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
  const response = await fetch(url('/files'), { method: 'POST', headers, body: form });
  const { file, error } = await response.json();
  return { status: response.status, file, error };
}

const begin = (length: string, metadata = 'filename YQ==', headers: Record<string, string> = bearer()) =>
  fetch(url('/files/uploads'), {
    method: 'POST',
    headers: { ...headers, 'tus-resumable': '1.0.0', 'upload-length': length, 'upload-metadata': metadata },
  });

/** A PNG that says it is so large, with the beginning of its pixels only. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(10_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

it('a picture of a few bytes that says it has billions of pixels is refused', async () => {
  const refused = { status: 413, error: { code: 'TOO_LARGE' } };
  expect(await upload(png(60_000, 60_000), 'bomb.png')).toMatchObject(refused);
  expect(await upload(png(0xffff_ffff, 0xffff_ffff), 'bomb.png')).toMatchObject(refused);
  const gif = Buffer.concat([Buffer.from('GIF89a'), Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.alloc(50)]);
  expect(await upload(gif, 'bomb.gif')).toMatchObject(refused);
  expect(await upload(png(4_000, 3_000), 'photo.png')).toMatchObject({ status: 201 });
});

it.each([
  ['a picture that ends within its header', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1')],
  ['a JPEG of markers only', Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(100_000, 0xff)])],
  ['a TIFF that points beyond its end', Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1')],
  ['nothing', Buffer.alloc(0)],
])('%s is just bytes', async (_what, content) => {
  const { status, file } = await upload(content, 'broken.png');
  expect([status, file.size]).toEqual([201, content.length]);
});

it.each([
  ['GIF89a\u0001\0\u0001\0/*<svg onload="alert(1)"><script>alert(1)</script>*/=1', /^image\/gif$/],
  ['%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>', /^application\/pdf$/],
  ['<?xml version="1.0"?><?xml-stylesheet href="data:,"?><html xmlns="http://www.w3.org/1999/xhtml"/>', /./],
  ['\ufeff<!doctype html><script>alert(1)</script>', /^text\/plain/],
])('%j, whatever it is called, has no type that runs and no origin', async (content, type) => {
  const { file } = await upload(content, 'a.html');
  const { headers } = await fetch(file.url);
  expect(headers.get('content-type')).toMatch(type);
  expect(headers.get('content-type')).not.toMatch(/html|svg|javascript/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox(;|$)/);
  expect(headers.get('content-disposition')).toMatch(type.test('image/gif') ? /./ : /^attachment/);
});

it('names of 10,000 characters and names that are paths are cut to a name, however they come', async () => {
  for (const name of [
    'n'.repeat(10_000),
    `${'../'.repeat(3_000)}etc/passwd`,
    `..\\..\\${'\u202e'.repeat(99)}x`,
  ]) {
    const encoded = Buffer.from(name).toString('base64');
    const begun = await begin('0', `filename ${encoded}`);
    expect(begun.status).toBe(201);
    const id = begun.headers.get('location')?.split('/').at(-1);
    const asked = await fetch(url('/files/links'), {
      method: 'POST',
      headers: { ...bearer(), 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [id] }),
    });
    const whole = await upload('x', name);
    for (const file of [(await asked.json()).files[0], whole.file]) {
      expect(file.name.length).toBeLessThanOrEqual(255);
      expect(file.name).not.toMatch(/[/\\\u202e]|\.\./);
      expect((await fetch(file.url)).status).toBe(200);
    }
  }
});

it.each(['-1', '1e9', '0x10', 'NaN', '99999999999999999999', ''])(
  'an upload of %j bytes is refused',
  async (length) => {
    expect((await begin(length)).status).toBe(400);
  },
);

it('a token that was made up, changed, or is of the back end, uploads nothing', async () => {
  const changed = `${alice.token.slice(0, -1)}${alice.token.endsWith('a') ? 'b' : 'a'}`;
  for (const token of [
    'forged-token-0123456789',
    changed,
    'test-app-token-0123456789abcdef',
    'x'.repeat(9_000),
    '',
  ]) {
    expect(await upload('x', 'a', bearer(token))).toMatchObject({
      status: 401,
      error: { code: expect.stringMatching(/^BAD_/) },
    });
    expect((await begin('1', undefined, bearer(token))).status).toBe(401);
  }
});

it.each([
  'bytes=99999999999999999999-',
  'bytes=0-0,0-0,0-0',
  'bytes=-99999999999999999999',
  `bytes=0-${'9'.repeat(5_000)}`,
  'bytes=a-b',
  'items=0-1',
])('a range that makes no sense gives the whole file or none: %.30s', async (range) => {
  const { file } = await upload('0123456789', 'digits');
  const response = await fetch(file.url, { headers: { range } });
  expect([200, 416]).toContain(response.status);
  expect((await response.arrayBuffer()).byteLength).toBeLessThanOrEqual(10);
});

/** How a body is answered of which nothing comes but its size and its beginning. */
function announce(path: string, type: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(url(path), {
      method: 'POST',
      headers: { ...headers, 'content-type': type, 'content-length': 2 ** 40 },
    });
    asking.on('response', ({ statusCode = 0 }) => {
      resolve(statusCode);
      asking.destroy();
    });
    asking.on('error', reject);
    asking.write('{"a": "');
  });
}

it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])(
  'a terabyte of %s is refused before it is read, as these routes take forms only',
  async (type) => {
    expect(await announce('/files', type, {})).toBe(401);
    expect(await announce('/files', type, bearer())).toBe(400);
    expect(await announce('/files/upload', type, {})).toBe(401);
    expect(await announce('/files/upload', type, bearer())).toBe(400);
  },
);

it('what was refused within its body does not hold up the next request of the connection', async () => {
  const { status, headers } = await begin('10');
  expect(status).toBe(201);
  const path = url(headers.get('location') ?? '');
  const patch = (offset: number, bytes: number) =>
    fetch(path, {
      method: 'PATCH',
      headers: {
        ...bearer(),
        'tus-resumable': '1.0.0',
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      },
      body: new Uint8Array(bytes),
    });
  for (let round = 0; round < 3; round += 1) expect((await patch(0, 400_000)).status).toBe(413);
  const head = await fetch(path, { method: 'HEAD', headers: { ...bearer(), 'tus-resumable': '1.0.0' } });
  const offset = Number(head.headers.get('upload-offset'));
  expect((await patch(offset, 10 - offset)).status).toBe(204);
});
