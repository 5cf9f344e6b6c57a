import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ServerProcess,
  SocketClient,
  startTestNode,
  type TestNode,
  tempFolder,
  testAdminPassword,
  testAppToken,
} from '@stoa/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, stoa } from './testing/run-stoa.ts';

// Each command is a process of its own.
describe('the administrative commands', { timeout: 120_000 }, () => {
  let server: TestNode;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await startTestNode();
    env = { STOA_URL: server.url, STOA_APP_TOKEN: testAppToken, STOA_ADMIN_PASSWORD: testAdminPassword };
  });
  afterAll(() => server.close());

  const lastLine = ({ out }: Outcome): string => out.trim().split('\n').at(-1) ?? '';

  it('add, list and remove users, with a token that signs in', async () => {
    const added = await stoa(['user', 'add', 'alice', '--name', 'Alice Liddell'], env);
    expect(added).toMatchObject({ code: 0, err: '' });
    const client = await SocketClient.open(server.url);
    expect(await client.hello(lastLine(added))).toMatchObject({ address: 'alice', name: 'Alice Liddell' });
    expect((await stoa(['user', 'list', 'al*'], env)).out).toMatch(/alice +Alice Liddell +yes/);
    expect(await stoa(['user', 'remove', 'alice'], env)).toMatchObject({ code: 0 });
    expect((await client.closed).code).toBe(4500);
    expect((await stoa(['user', 'list'], env)).out).not.toContain('alice');
  });

  it('add, list and remove tokens', async () => {
    await stoa(['user', 'add', 'bob'], env);
    const token = lastLine(
      await stoa(['token', 'add', 'bob', '--app', 'com.example', '--expires-in', '5'], env),
    );
    const client = await SocketClient.open(server.url);
    await client.hello(token, { app: 'com.example' });
    const listed = (await stoa(['token', 'list', 'bob'], env)).out;
    const id = /^(\d+) +com\.example/m.exec(listed)?.[1] ?? '';
    expect(await stoa(['token', 'remove', 'bob', id], env)).toMatchObject({ code: 0 });
    expect((await client.closed).code).toBe(4500);
  });

  it('list the devices of a user and sign them out', async () => {
    const { token } = await server.addUser('dora');
    const client = await SocketClient.open(server.url);
    const { dev } = await client.hello(token, { agent: 'teapot 1.0' });
    expect((await stoa(['user', 'devices', 'dora'], env)).out).toMatch(
      new RegExp(`^${dev} +teapot 1\\.0 +\\d{4}-\\S+Z +online$`, 'm'),
    );
    expect(await stoa(['user', 'sign-out', 'dora', String(dev)], env)).toMatchObject({ code: 0, err: '' });
    expect((await client.closed).code).toBe(4501);
    const { token: other } = await server.addUser('dora');
    const again = await SocketClient.open(server.url);
    await again.hello(other);
    expect(await stoa(['user', 'sign-out', 'dora'], env)).toMatchObject({ code: 0, err: '' });
    expect((await again.closed).code).toBe(4501);
  });

  it('export and erase users', async () => {
    await Promise.all(['erna', 'fritz'].map((address) => server.addUser(address)));
    await stoa(['send', '--from', 'erna', '--to', 'fritz', 'Tea at five?'], env);
    const exported = await stoa(['user', 'export', 'erna'], env);
    expect(exported).toMatchObject({ code: 0, err: '' });
    const lines = exported.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string });
    expect(lines).toContainEqual(expect.objectContaining({ kind: 'profile', address: 'erna' }));
    expect(lines.at(-1)).toMatchObject({ kind: 'message', content: { text: 'Tea at five?' } });

    const folder = tempFolder();
    const file = `${folder.path}/erna.ndjson`;
    expect(await stoa(['user', 'export', 'erna', '--output', file], env)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toBe(exported.out);
    expect(await stoa(['user', 'export', 'erna', '--output', file], env)).toMatchObject({ code: 1 });
    folder.remove();
    expect((await stoa(['user', 'export', 'nobody'], env)).err).toContain('There is no user "nobody"');

    expect((await stoa(['user', 'erase', 'erna'], env)).err).toContain('--yes');
    expect((await stoa(['user', 'list'], env)).out).toContain('erna');
    expect(await stoa(['user', 'erase', 'erna', '--yes'], env)).toMatchObject({ code: 0, err: '' });
    expect((await stoa(['user', 'list'], env)).out).not.toContain('erna');
  });

  it('make groups, and add, list and remove their members', async () => {
    await Promise.all(['greta', 'hugo', 'ida'].map((address) => server.addUser(address)));
    const made = await stoa(
      ['group', 'create', 'Tea party', 'hugo', '--owner', 'greta', '--kind', 'webinar'],
      env,
    );
    const gid = /Group (\d+) "Tea party" with 2 members/.exec(made.out)?.[1] ?? '';
    expect((await stoa(['group', 'list'], env)).out).toMatch(new RegExp(`${gid} +Tea party +0x10100 +2`));
    expect(await stoa(['group', 'add', gid, 'ida', 'nobody'], env)).toMatchObject({
      code: 1,
      out: `In group ${gid}: ida.\n`,
      err: expect.stringContaining('nobody'),
    });
    expect((await stoa(['group', 'remove', gid, 'hugo'], env)).code).toBe(0);
    const { out } = await stoa(['group', 'members', gid], env);
    expect(out).toMatch(/greta.*owner/);
    expect(out).toMatch(/ida.*member/);
    expect(out).not.toContain('hugo');
    expect((await stoa(['group', 'delete', gid], env)).code).toBe(0);
    expect((await stoa(['group', 'members', gid], env)).err).toContain(`no group ${gid}`);
  });

  it('send a message that a device receives', async () => {
    const carol = await server.addUser('carol');
    await server.addUser('dora');
    const client = await SocketClient.open(server.url);
    await client.hello(carol.token);
    const sent = await stoa(['send', '--from', 'dora', '--to', 'carol', 'Tea at five?'], env);
    expect(sent.out).toMatch(/Stored message \d+ for "carol"/);
    expect(await client.next('message')).toMatchObject({ from: 'dora', content: { text: 'Tea at five?' } });
    await client.close();
  });

  it('add, list and remove apps with the administrator’s password', async () => {
    const added = await stoa(['app', 'add', 'Tea party'], env);
    const aid = /App (\d+) /.exec(added.out)?.[1] ?? '';
    const own = { ...env, STOA_APP_TOKEN: lastLine(added) };
    expect(await stoa(['user', 'add', 'hatter'], own)).toMatchObject({ code: 0 });
    expect((await stoa(['app', 'list'], env)).out).toContain('Tea party');
    expect(await stoa(['app', 'remove', aid], env)).toMatchObject({ code: 0 });
    expect((await stoa(['user', 'list'], own)).code).toBe(1);
  });

  it('say so when what answers is something else', async () => {
    const other = createServer((_request, response) => response.writeHead(502).end('{"message": "no"}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { code, err } = await stoa(['user', 'list'], { ...env, STOA_URL: url });
    other.close();
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`What answers at ${url} is not`) });
  });

  it.each([
    ['a missing secret', ['user', 'list'], { STOA_APP_TOKEN: '' }, /app token is missing.*--token/],
    ['a wrong secret', ['user', 'list'], { STOA_APP_TOKEN: 'x'.repeat(43) }, /unknown/],
    ['an unknown receiver', ['send', '--from', 'bob', '--to', 'nobody', 'hi'], {}, /no user "nobody"/],
    ['no server', ['user', 'list'], { STOA_URL: 'http://127.0.0.1:9' }, /no server at.*npm start/],
  ])('say in one line what to do about %s', async (_what, args, more, message) => {
    const { code, err } = await stoa(args, { ...env, ...more });
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('stoa serve', { timeout: 120_000 }, () => {
  it('prints what the first start generated once, and serves again with the same data', async () => {
    const folder = tempFolder();
    const env = { STOA_APP_TOKEN: '', STOA_ADMIN_PASSWORD: '' };
    const server = await ServerProcess.start({ dataDir: folder.path, env });
    const token = /App token +(\S{43})\n/.exec(server.log)?.[1];
    const password = /password +(\S+)\n/.exec(server.log)?.[1];
    expect(token).toBeDefined();
    expect(await stoa(['app', 'list', '--url', server.url, '--password', password ?? ''])).toMatchObject({
      code: 0,
    });
    await server.kill('SIGTERM');
    const before = server.log.length;
    await server.start();
    expect(server.log.slice(before)).not.toContain('First start');
    expect(await stoa(['user', 'list', '--url', server.url, '--token', token ?? ''])).toMatchObject({
      code: 0,
    });
    await server.kill('SIGTERM');
    folder.remove();
  });

  it('refuses a port that was asked for and is taken, data that is in use, and wrong settings, in one line each', async () => {
    const folder = tempFolder();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const env = { HOST: '127.0.0.1', STOA_DATA_DIR: folder.path };
    const taken = await stoa(['serve', '--port', String(port)], env);
    expect(taken.err).toMatch(new RegExp(`Port ${port} is taken.*--port`));
    other.close();

    const server = await ServerProcess.start({ dataDir: folder.path });
    const inUse = await stoa(['serve', '--port', '0'], env);
    expect(inUse).toMatchObject({ code: 1 });
    expect(inUse.err).toMatch(/another process uses/i);
    await server.kill();

    const wrong = await stoa(['serve'], { ...env, PORT: 'eighty', STOA_LOG_LEVEL: 'loud' });
    expect(wrong.err).toContain('PORT is "eighty", but must be a whole number');
    expect(wrong.err).toContain('STOA_LOG_LEVEL');
    expect(wrong.err).not.toContain('    at ');
    folder.remove();
  });
});
