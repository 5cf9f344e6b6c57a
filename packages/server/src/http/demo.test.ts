import { afterEach, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from './http-fixture.ts';

describe('the demo sign-in', () => {
  let fixture: HttpFixture;
  afterEach(() => fixture.close());

  const login = async (headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') => {
    const response = await fixture.http.inject({
      method: 'POST',
      url: '/demo/login',
      remoteAddress,
      headers: { host: 'localhost:8080', ...headers },
      payload: { address: 'alice', name: 'Alice' },
    });
    return { status: response.statusCode, body: response.json() };
  };

  it('makes the user and gives a token on this machine, without any setting', async () => {
    fixture = await openHttp();
    const { status, body } = await login({ origin: 'http://localhost:8080' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ address: 'alice', name: 'Alice', server: 'http://localhost:8080' });
    expect((await fixture.options.users.authenticate(body.token)).user.aid).toBe(fixture.aid);
    const users = await fixture.http.inject({ url: '/demo/users', headers: { host: 'localhost' } });
    expect(users.json()).toEqual({ users: [{ address: 'alice', name: 'Alice' }] });
  });

  it('is closed to other machines, to names of other machines, and behind proxies', async () => {
    fixture = await openHttp();
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
    fixture = await openHttp({ STOA_DEMO: 'on' });
    for (const origin of ['https://evil.example', 'null', 'http://localhost:9999']) {
      expect(await login({ origin })).toMatchObject({ status: 403 });
    }
    expect((await login({}, '203.0.113.9')).status).toBe(200);
  });

  it.each([
    ['with a public URL', { STOA_PUBLIC_URL: 'https://chat.example.com' }],
    ['when it is switched off', { STOA_DEMO: 'off' }],
  ])('is off %s', async (_when, env: Record<string, string>) => {
    fixture = await openHttp(env);
    expect(await login()).toMatchObject({ status: 403, body: { error: { code: 'PERMISSION_DENIED' } } });
    expect((await fixture.http.inject('/demo/users')).statusCode).toBe(403);
  });

  it('wants a proper address in JSON', async () => {
    fixture = await openHttp();
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
