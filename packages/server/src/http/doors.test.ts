import { connect } from 'node:net';
import { StoreUnavailableError } from '@stoa/storage';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { adminPassword, appToken, type HttpFixture, openHttp } from './http-fixture.ts';

describe('every door', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
  });
  afterAll(() => fixture.close());

  it('answers unknown routes and methods with a code', async () => {
    for (const [method, url] of [
      ['GET', '/v1/nothing'],
      ['POST', '/nothing'],
      ['DELETE', '/backend'],
      ['PUT', '/v1/users'],
      ['GET', `/${'x'.repeat(5_000)}`],
    ] as const) {
      const response = await fixture.http.inject({ method, url });
      expect([url.slice(0, 20), response.statusCode]).toEqual([url.slice(0, 20), 404]);
      expect(response.json()).toMatchObject({ error: { code: 'NOT_FOUND', hint: expect.any(String) } });
    }
  });

  it('answers URLs that cannot be decoded with a code', async () => {
    const response = await fixture.http.inject('/v1/users/%E0%A4%A');
    expect([response.statusCode, response.json()]).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }]);
  });

  it('limits the calls of an address, and says when to come back', async () => {
    const limited = await openHttp({ STOA_CALLS_PER_MINUTE: '2' });
    onTestFinished(limited.close);
    const call = (url: string, remoteAddress: string) => limited.http.inject({ url, remoteAddress });
    await call('/backend', '203.0.113.1');
    await call('/v1/users', '203.0.113.1');
    const rest = await call('/v1/users', '203.0.113.1');
    expect([rest.statusCode, rest.json()]).toMatchObject([429, { error: { code: 'RATE_LIMITED' } }]);
    expect(rest.headers['retry-after']).toBe('30');
    const mesibo = await call('/api.php?op=users', '203.0.113.1');
    expect([mesibo.statusCode, mesibo.json()]).toMatchObject([
      429,
      { op: 'users', result: false, error: 'RATELIMIT' },
    ]);
    expect((await call('/backend', '203.0.113.2')).statusCode).toBe(200);
    for (let i = 0; i < 5; i++) expect((await call('/backend', '127.0.0.1')).statusCode).toBe(200);
  });

  it('believes the addresses of trusted proxies only', async () => {
    const behind = await openHttp({ STOA_CALLS_PER_MINUTE: '1', STOA_TRUSTED_PROXIES: '10.0.0.1' });
    onTestFinished(behind.close);
    const call = async (remoteAddress: string, client: string) =>
      (await behind.http.inject({ url: '/backend', remoteAddress, headers: { 'x-forwarded-for': client } }))
        .statusCode;
    expect([await call('10.0.0.1', '203.0.113.1'), await call('10.0.0.1', '203.0.113.2')]).toEqual([
      200, 200,
    ]);
    expect([await call('10.0.0.2', '203.0.113.3'), await call('10.0.0.2', '203.0.113.4')]).toEqual([
      200, 429,
    ]);
  });

  it('answers the preflight of any origin', async () => {
    const response = await fixture.http.inject({
      method: 'OPTIONS',
      url: '/v1/users/alice',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,idempotency-key',
      },
    });
    expect(response.statusCode).toBe(204);
    expect(response.headers['access-control-allow-origin']).toBe('*');
    expect(response.headers['access-control-allow-methods']).toContain('PATCH');
    expect(response.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('tells nothing about a failure that nobody foresaw, but logs it', async () => {
    vi.spyOn(fixture.store.users, 'list').mockRejectedValue(new Error('SELECT * FROM secrets failed'));
    const rest = await fixture.v1('GET', '/users');
    expect(rest).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL' } } });
    const mesibo = await fixture.http.inject({
      method: 'POST',
      url: '/backend',
      payload: { op: 'users', token: appToken },
    });
    expect([mesibo.statusCode, mesibo.json()]).toMatchObject([500, { result: false, error: 'GENERROR' }]);
    expect(JSON.stringify(rest.body) + mesibo.payload).not.toMatch(/secrets|at .*\.ts/);
    expect(fixture.log()).toContain('SELECT * FROM secrets failed');
    expect(fixture.log()).toContain(String(rest.headers['x-request-id']));
  });

  it('says that it is unavailable while the store cannot write', async () => {
    vi.spyOn(fixture.store.users, 'upsert').mockRejectedValue(new StoreUnavailableError('disk full'));
    expect(await fixture.v1('POST', '/users', { address: 'x' })).toMatchObject({
      status: 503,
      body: { error: { code: 'UNAVAILABLE' } },
    });
    const mesibo = await fixture.backend({ op: 'useradd', user: { address: 'x' } });
    expect(mesibo).toMatchObject({ result: false, error: 'RETRYLATER' });
  });

  it('logs no secret, whatever is sent where', async () => {
    const user = await fixture.query({ op: 'useradd', addr: 'alice', appid: 'x' });
    const { token } = user.user as { token: string };
    const { otp } = await fixture.backend({ op: 'otp', otp: { address: 'alice' } });
    await fixture.query({ op: 'deltoken', usertoken: token });
    await fixture.query({ op: 'appadd', key: adminPassword, name: 'x' });
    await fixture.http.inject(`/nothing?token=${appToken}`);
    await fixture.http.inject(`/backend/%zz?token=${appToken}`);
    await fixture.v1('GET', '/apps', undefined, { authorization: `Basic ${btoa(`admin:${adminPassword}`)}` });
    await fixture.v1('POST', '/users', { address: 'bob', token: 7 });
    const log = fixture.log();
    expect(log).toContain('/api.php');
    for (const secret of [appToken, token, String(otp), adminPassword, btoa(`admin:${adminPassword}`)]) {
      expect(log).not.toContain(secret);
    }
  });

  it('answers bytes that are no HTTP with a code, and lives on', async () => {
    const url = await fixture.http.listen({ port: 0, host: '127.0.0.1' });
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
        socket.write('\u0000\u0001 nonsense\r\n\r\n'),
      );
      let text = '';
      socket.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"BAD_REQUEST"/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
