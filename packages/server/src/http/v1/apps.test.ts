import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminPassword, appToken, type HttpFixture, openHttp } from '../http-fixture.ts';

const basic = (password: string, user = 'admin') => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const administrator = basic(adminPassword);

describe('apps in the REST API', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
  });
  afterAll(() => fixture.close());

  it('are for the administrator only', async () => {
    for (const headers of [
      { authorization: `Bearer ${appToken}` },
      basic('wrong'),
      basic(adminPassword, 'root'),
      basic(''),
    ]) {
      const { status, body } = await fixture.v1('GET', '/apps', undefined, headers);
      expect([status, body]).toMatchObject([401, { error: { code: 'BAD_CREDENTIALS' } }]);
    }
    expect((await fixture.v1('GET', '/apps', undefined, administrator)).status).toBe(200);
  });

  it('are made, read, changed, given a new token and removed', async () => {
    const { status, body: made } = await fixture.v1('POST', '/apps', { name: 'Tea' }, administrator);
    expect(status).toBe(201);
    const path = `/apps/${made.aid}`;
    const change = { name: 'Coffee', settings: { hot: true } };
    expect((await fixture.v1('PATCH', path, change, administrator)).body).toMatchObject(change);
    expect((await fixture.v1('GET', path, undefined, administrator)).body).toMatchObject(change);

    const asApp = (token: unknown) => ({ authorization: `Bearer ${token}` });
    expect((await fixture.v1('GET', '/users', undefined, asApp(made.token))).status).toBe(200);
    const renewed = await fixture.v1('POST', `${path}/token`, undefined, administrator);
    expect((await fixture.v1('GET', '/users', undefined, asApp(made.token))).status).toBe(401);
    await fixture.v1('POST', '/users', { address: 'alice' }, asApp(renewed.body.token));

    fixture.changes.length = 0;
    expect((await fixture.v1('DELETE', path, undefined, administrator)).status).toBe(204);
    expect(fixture.changes).toMatchObject([{ type: 'user-removed' }]);
    expect((await fixture.v1('GET', path, undefined, administrator)).status).toBe(404);
    expect((await fixture.v1('GET', '/users', undefined, asApp(renewed.body.token))).status).toBe(401);
  });

  it('may say how many devices a user of theirs has', async () => {
    const { body: made } = await fixture.v1('POST', '/apps', { name: 'Phone' }, administrator);
    const set = (devicesPerUser: unknown) =>
      fixture.v1('PATCH', `/apps/${made.aid}`, { settings: { devicesPerUser } }, administrator);
    expect(await set(1)).toMatchObject({ status: 200, body: { settings: { devicesPerUser: 1 } } });
    for (const wrong of [-1, 1.5, 'one', null, 1e12]) {
      expect(await set(wrong)).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
    }
    await fixture.v1('DELETE', `/apps/${made.aid}`, undefined, administrator);
  });

  it('are listed page by page', async () => {
    for (const name of ['a', 'b', 'c']) await fixture.v1('POST', '/apps', { name }, administrator);
    const names: string[] = [];
    let cursor: unknown = '';
    while (typeof cursor === 'string') {
      const query: string = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const { body } = await fixture.v1('GET', `/apps${query}`, undefined, administrator);
      names.push(...(body.data as { name: string }[]).map(({ name }) => name));
      cursor = body.nextCursor;
    }
    expect(names).toEqual(['demo', 'a', 'b', 'c']);
  });

  it('make guessing the password slow for other machines', async () => {
    const guess = (remoteAddress: string, password: string) =>
      fixture.http.inject({ url: '/v1/apps', remoteAddress, headers: basic(password) });
    const { limits } = fixture.options;
    const guesser = limits.clientOf({ socket: { remoteAddress: '203.0.113.5' }, headers: {} });
    for (let i = 0; i < 9; i++) limits.wrongPassword(guesser);
    expect((await guess('203.0.113.5', 'the tenth guess')).statusCode).toBe(401);
    const refused = await guess('203.0.113.5', adminPassword);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await guess('203.0.113.6', adminPassword)).statusCode).toBe(200);
  });
});
