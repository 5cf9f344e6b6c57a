import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appToken, type HttpFixture, openHttp } from './http-fixture.ts';

/** Text that is never a valid app token, user token or password. */
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '../..', "' OR 1=1 --", '\u0000'),
);

const operations = [
  'useradd',
  'usertoken',
  'userset',
  'userdel',
  'deluser',
  'deltoken',
  'users',
  'usersget',
  'otp',
  'message',
  'appadd',
  'appset',
  'appdel',
  '__proto__',
  'toString',
];
const names = [
  'user',
  'otp',
  'message',
  'app',
  'address',
  'addr',
  'uid',
  'token',
  'appid',
  'expiry',
  'active',
  'flag',
  'from',
  'to',
  'gid',
  'type',
  'when',
  'msg',
  'count',
  'tries',
  'key',
  'aid',
  'name',
  'id',
];

describe('bad input', () => {
  let fixture: HttpFixture;
  let before: string;
  beforeAll(async () => {
    fixture = await openHttp();
    await fixture.backend({ op: 'useradd', user: { address: 'alice', name: 'Alice', token: {} } });
    before = await fixture.snapshot();
  });
  afterAll(() => fixture.close());

  const unchanged = async () => expect(await fixture.snapshot()).toBe(before);

  it('without a right token gets a coded refusal at the back-end API, and changes nothing', async () => {
    const request = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), request, noise, async (op, fields, token) => {
        const payload = { ...fields, op, token };
        const response = await fixture.http.inject({ method: 'POST', url: '/backend', payload });
        expect(response.statusCode).toBe(200);
        expect(response.json()).toMatchObject({
          result: false,
          error: expect.any(String),
          code: expect.any(String),
        });
      }),
      { numRuns: 150 },
    );
    await unchanged();
  });

  it('with the right token is answered, never with a server error', async () => {
    // Wrong types everywhere: no text is an address that exists, and no number a uid.
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.boolean(), fc.double(), fc.constant(null));
    const request = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), request, async (op, fields) => {
        const { token: _token, ...rest } = fields;
        const response = await fixture.http.inject({
          method: 'POST',
          url: '/backend',
          payload: { ...rest, op, token: appToken },
        });
        expect(response.statusCode).toBe(200);
        const answer = response.json();
        expect(typeof answer.result).toBe('boolean');
        if (!answer.result)
          expect(answer).toMatchObject({ error: expect.any(String), hint: expect.any(String) });
      }),
      { numRuns: 150 },
    );
  });

  it('of any bytes and content type gets a coded answer below 500', async () => {
    const type = fc.constantFrom(
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'image/png',
      'nonsense',
      '',
    );
    const url = fc.constantFrom(
      '/backend',
      '/api.php',
      '/v1/users',
      '/v1/messages',
      '/v1/otps',
      '/demo/login',
    );
    await fc.assert(
      fc.asyncProperty(url, type, fc.uint8Array({ maxLength: 200 }), async (path, contentType, bytes) => {
        const response = await fixture.http.inject({
          method: 'POST',
          url: path,
          headers: { 'content-type': contentType, authorization: `Bearer ${appToken}`, host: 'localhost' },
          payload: Buffer.from(bytes),
        });
        expect(response.statusCode).toBeLessThan(500);
        expect(response.json()).toHaveProperty(
          path.startsWith('/v1') || path.startsWith('/demo') ? 'error.code' : 'code',
        );
      }),
      { numRuns: 150 },
    );
  });

  it('in the REST API gets 4xx with a code, and changes nothing', async () => {
    const before = await fixture.snapshot();
    const route = fc.constantFrom(
      ['POST', '/users'],
      ['PATCH', '/users/nobody'],
      ['POST', '/users/nobody/tokens'],
      ['POST', '/messages'],
      ['POST', '/otps/verify'],
      ['POST', '/apps'],
    ) as fc.Arbitrary<['POST' | 'PATCH', string]>;
    // An address is never right: it is either of another type, or has a control character.
    const address = fc.oneof(
      fc.integer(),
      fc.constant(null),
      fc.constant('\u0007'),
      fc.constant('x'.repeat(64)),
    );
    const body = fc
      .dictionary(fc.constantFrom('name', 'active', 'token', 'content', 'from', 'to', 'code'), fc.jsonValue())
      .chain((fields) => address.map((wrong) => ({ ...fields, address: wrong })));
    await fc.assert(
      fc.asyncProperty(route, body, async ([method, path], fields) => {
        const { status, body: answer } = await fixture.v1(method, path, fields);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(answer).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
      }),
      { numRuns: 100 },
    );
    expect(await fixture.snapshot()).toBe(before);
  });

  it('as any path and query gets an answer below 500', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), async (path, query) => {
        const response = await fixture.http.inject(`${path}?${query}`);
        expect(response.statusCode).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });

  it('that is nested deeper than the stack goes gets 400', async () => {
    const payload = `{"op":"useradd","user":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${appToken}` };
    for (const url of ['/v1/users', '/backend']) {
      const response = await fixture.http.inject({ method: 'POST', url, headers, payload });
      expect([url, response.statusCode]).toEqual([url, url === '/backend' ? 200 : 400]);
      expect(response.payload).not.toContain('INTERNAL');
    }
  });

  it('that is too large is refused at every door', async () => {
    const payload = JSON.stringify({ op: 'users', address: 'x'.repeat(1_100_000) });
    for (const url of ['/backend', '/api.php', '/v1/users', '/demo/login']) {
      const response = await fixture.http.inject({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${appToken}`,
          host: 'localhost',
        },
        payload,
      });
      expect([url, response.statusCode]).toEqual([url, 413]);
      expect(response.payload).toContain('"TOO_LARGE"');
    }
  });
});
