import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type HttpFixture, openHttp } from './http-fixture.ts';

describe('the demo sign-in', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
  });
  afterAll(() => fixture.close());

  const login = async (
    headers: Record<string, string> = {},
    remoteAddress = '127.0.0.1',
    { http }: HttpFixture = fixture,
  ) => {
    const response = await http.inject({
      method: 'POST',
      url: '/demo/login',
      remoteAddress,
      headers: { host: 'localhost:8080', ...headers },
      payload: { address: 'alice', name: 'Alice' },
    });
    return { status: response.statusCode, body: response.json() };
  };

  it('makes the user and gives a token on this machine, without any setting', async () => {
    const { status, body } = await login({ origin: 'http://localhost:8080' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ address: 'alice', name: 'Alice', server: 'http://localhost:8080' });
    expect((await fixture.options.users.authenticate(body.token)).user.aid).toBe(fixture.aid);
    const users = await fixture.http.inject({ url: '/demo/users', headers: { host: 'localhost' } });
    expect(users.json()).toEqual({ users: [{ address: 'alice', name: 'Alice' }] });
  });

  it('is closed to other machines, to names of other machines, and behind proxies', async () => {
    const before = await fixture.snapshot();
    for (const { status, body } of [
      await login({}, '192.168.1.9'),
      await login({ host: 'rebound.example' }),
      await login({ 'x-forwarded-for': '203.0.113.1' }),
    ]) {
      expect([status, body]).toMatchObject([
        403,
        { error: { hint: expect.stringContaining('STOA_DEMO=on') } },
      ]);
    }
    expect(await fixture.snapshot()).toBe(before);
  });

  it('is closed to pages of other origins, even when it is open to everybody', async () => {
    const open = await openHttp({ STOA_DEMO: 'on' });
    onTestFinished(open.close);
    for (const origin of ['https://evil.example', 'null', 'http://localhost:9999']) {
      expect(await login({ origin }, '127.0.0.1', open)).toMatchObject({ status: 403 });
    }
    expect((await login({}, '203.0.113.9', open)).status).toBe(200);
  });

  it.each([
    ['with a public URL', { STOA_PUBLIC_URL: 'https://chat.example.com' }],
    ['when it is switched off', { STOA_DEMO: 'off' }],
  ])('is off %s', async (_when, env: Record<string, string>) => {
    const closed = await openHttp(env);
    onTestFinished(closed.close);
    expect(await login({}, '127.0.0.1', closed)).toMatchObject({
      status: 403,
      body: { error: { code: 'PERMISSION_DENIED' } },
    });
    expect((await closed.http.inject('/demo/users')).statusCode).toBe(403);
  });

  it('wants a proper address in JSON', async () => {
    for (const payload of ['{"address": ""}', '{"address": 7}', '{}', '[]', '{', '"alice"']) {
      const response = await fixture.http.inject({
        method: 'POST',
        url: '/demo/login',
        headers: { host: 'localhost', 'content-type': 'application/json' },
        payload,
      });
      expect([payload, response.statusCode]).toEqual([payload, 400]);
    }
  });
});
