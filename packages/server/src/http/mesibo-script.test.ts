import { writeFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type HttpFixture, openHttp } from './http-fixture.ts';
import { serverLine } from './mesibo-script.ts';

describe('mesibo.js', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
  });
  afterAll(() => fixture.close());

  const get = (url: string, headers: Record<string, string> = {}) => fixture.http.inject({ url, headers });

  /** Runs the script as a page does, and gives back the globals. */
  function run(script: string): Record<string, unknown> {
    const globals: Record<string, unknown> = {};
    runInNewContext(script, globals);
    return globals;
  }

  it.each([
    '/mesibo.js',
    '/mesibo-v2.js',
    '/mesibo2.js',
    '/mesibo3.js',
    '/mesibo-2.1.3.3.js',
    '/api/mesibo.js',
  ])('is served as %s, to pages of any origin', async (url) => {
    const response = await get(url, { host: 'chat.example.com', origin: 'https://app.example' });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(run(response.payload).loaded).toBe('http://chat.example.com');
  });

  it.each(['/mesibo.json', '/mesibox.js', '/api/other.js', '/mesibo.js/x'])(
    'is not served as %s',
    async (url) => {
      expect((await get(url)).statusCode).toBe(404);
    },
  );

  it('names the public URL when there is one', async () => {
    const behind = await openHttp({ STOA_PUBLIC_URL: 'https://chat.example.com/stoa/' });
    onTestFinished(behind.close);
    const response = await behind.http.inject({ url: '/mesibo.js', headers: { host: 'internal' } });
    expect(run(response.payload).loaded).toBe('https://chat.example.com/stoa');
  });

  it('names what trusted proxies say of scheme and host, and what nobody else says', async () => {
    const proxied = await openHttp({ STOA_TRUSTED_PROXIES: '10.0.0.1' });
    onTestFinished(proxied.close);
    const headers = {
      host: 'internal',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'chat.example.com',
    };
    const served = async (remoteAddress: string) =>
      run((await proxied.http.inject({ url: '/mesibo.js', remoteAddress, headers })).payload).loaded;
    expect(await served('::ffff:10.0.0.1')).toBe('https://chat.example.com');
    expect(await served('10.0.0.2')).toBe('http://internal');
  });

  it('is sent once, and revalidated by its tag', async () => {
    const first = await get('/mesibo.js');
    const etag = String(first.headers.etag);
    expect((await get('/mesibo.js', { 'if-none-match': etag })).statusCode).toBe(304);
    expect((await get('/mesibo.js', { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('is compressed for those who understand it', async () => {
    const response = await get('/mesibo.js', { 'accept-encoding': 'br, gzip' });
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(response.rawPayload).toString()).toBe((await get('/mesibo.js')).payload);
  });

  it('is new as soon as it was built again', async () => {
    writeFileSync(fixture.options.paths.mesiboScript, 'globalThis.loaded = "second build";\n');
    expect(run((await get('/mesibo.js')).payload).loaded).toBe('second build');
  });

  it('is not made for what is no host name', async () => {
    for (const host of ['a"b', '</script>', 'x;alert(1)', 'a b']) {
      const response = await get('/mesibo.js', { host });
      expect([host, response.statusCode]).toEqual([host, 400]);
    }
  });

  it('is refused with a reason when it was not built', async () => {
    const unbuilt = await openHttp({}, { built: false });
    onTestFinished(unbuilt.close);
    const response = await unbuilt.http.inject('/mesibo.js');
    expect([response.statusCode, response.json()]).toMatchObject([
      503,
      { error: { code: 'UNAVAILABLE', hint: expect.stringContaining('npm run build') } },
    ]);
  });

  it('gets its server in one line, whatever its name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (server) => {
        const line = serverLine(server);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(line).not.toMatch(/[<\u2028\u2029]/);
        const globals: Record<string, unknown> = {};
        runInNewContext(line, globals);
        expect(globals.__stoaServer ?? server).toBe(server);
        expect(runInNewContext(`${line}\n__stoaServer === ${JSON.stringify(server)}`)).toBe(true);
      }),
      { numRuns: 30, examples: [['</script><!--'], ['\u2028"\n\\']] },
    );
  });

  it('leaves the name free for applications that declare it themselves', () => {
    expect(runInNewContext(`${serverLine('x')} let __stoaServer = 1; __stoaServer`)).toBe(1);
  });
});
