import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminPassword, type HttpFixture, openHttp } from './http-fixture.ts';

describe('health and metrics', () => {
  let fixture: HttpFixture;
  let store: Promise<readonly string[]> = Promise.resolve([]);
  beforeAll(async () => {
    fixture = await openHttp({}, { ready: () => store });
  });
  afterAll(() => fixture.close());

  it('/healthz answers as long as the process lives, /readyz while the store answers', async () => {
    expect((await fixture.http.inject('/healthz')).statusCode).toBe(200);
    expect((await fixture.http.inject('/readyz')).json()).toEqual({ status: 'ready' });
    store = Promise.resolve(['something is slow']);
    expect((await fixture.http.inject('/readyz')).json()).toEqual({
      status: 'ready',
      warnings: ['something is slow'],
    });
    store = Promise.reject(new Error('disk on fire at /secret/path'));
    store.catch(() => {});
    const response = await fixture.http.inject('/readyz');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    expect(response.payload).not.toContain('secret');
    expect((await fixture.http.inject('/healthz')).statusCode).toBe(200);
  });

  it('/metrics counts requests by route, never by URL', async () => {
    await fixture.query({ op: 'users', addr: 'someone' });
    await fixture.http.inject('/v1/users/alice');
    const { payload, headers } = await fixture.http.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(payload).toContain(
      'stoa_http_request_seconds_count{method="GET",route="/api.php",status="200"} 1',
    );
    expect(payload).toContain('route="/v1/users/:address",status="401"');
    expect(payload).toContain('stoa_connections 0');
    expect(payload).not.toMatch(/alice|someone/);
  });

  it('/metrics is for this machine and private networks, and for the administrator anywhere', async () => {
    const from = async (remoteAddress: string, headers = {}) =>
      (await fixture.http.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
    expect(await from('10.1.2.3')).toBe(200);
    expect(await from('203.0.113.9')).toBe(401);
    // A proxy on this machine that nobody declared speaks for strangers.
    expect(await from('127.0.0.1', { 'x-forwarded-for': '10.0.0.1' })).toBe(401);
    const authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`;
    expect(await from('203.0.113.9', { authorization })).toBe(200);
  });
});
