import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from '../http-fixture.ts';

describe('users and tokens in the REST API', () => {
  let fixture: HttpFixture;
  let v1: HttpFixture['v1'];

  beforeAll(async () => {
    fixture = await openHttp();
    v1 = fixture.v1;
  });
  afterAll(() => fixture.close());
  beforeEach(() => {
    fixture.changes.length = 0;
  });

  it('makes a user, and changes the one who has the address', async () => {
    const made = await v1('POST', '/users', { address: 'alice', name: 'Alice' });
    expect(made).toMatchObject({ status: 201, body: { address: 'alice', name: 'Alice', active: true } });
    const changed = await v1('POST', '/users', { address: 'alice', flag: 3 });
    expect(changed).toMatchObject({ status: 200, body: { uid: made.body.uid, name: 'Alice', flag: 3 } });
    expect(changed.body).not.toHaveProperty('token');
  });

  it('issues a token with the user when it is asked for', async () => {
    const { body } = await v1('POST', '/users', {
      address: 'tom',
      token: { app: 'com.example', expiresIn: 0 },
    });
    expect(body.token).toMatchObject({ app: 'com.example', expiresAt: null });
    const { token } = body.token as { token: string };
    const { user } = await fixture.options.users.authenticate(token, 'com.example');
    expect(user.address).toBe('tom');
  });

  it('takes a one-time code, and does nothing when it is wrong', async () => {
    const { body: otp } = await v1('POST', '/otps', { address: 'otto' });
    const wrong = await v1('POST', '/users', { address: 'otto', otp: 'wrong!' });
    expect(wrong).toMatchObject({ status: 403, body: { error: { code: 'WRONG_OTP' } } });
    expect((await v1('GET', '/users/otto')).status).toBe(404);
    expect((await v1('POST', '/users', { address: 'otto', otp: otp.code })).status).toBe(201);
    expect((await v1('POST', '/otps/verify', { address: 'otto', code: otp.code })).status).toBe(403);
  });

  it('reads, changes, suspends and removes a user', async () => {
    const { body } = await v1('POST', '/users', { address: 'carol' });
    expect((await v1('GET', '/users/carol')).body).toEqual(body);
    const changed = await v1('PATCH', '/users/carol', { name: 'Carol', active: false });
    expect(changed.body).toMatchObject({ name: 'Carol', active: false });
    expect(fixture.changes).toContainEqual({ type: 'user-suspended', uid: body.uid });
    expect(await v1('DELETE', '/users/carol')).toMatchObject({ status: 204, body: {} });
    expect(fixture.changes).toContainEqual({ type: 'user-removed', uid: body.uid });
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await v1(method, '/users/carol')).body).toMatchObject({ error: { code: 'NOT_FOUND' } });
    }
  });

  it('takes any address in the path', async () => {
    for (const address of ['a/b', 'a b', '100%', 'ä@€.example', '😀'.repeat(31), '?#&=+;,']) {
      await v1('POST', '/users', { address });
      const { status, body } = await v1('GET', `/users/${encodeURIComponent(address)}`);
      expect([status, body.address]).toEqual([200, address]);
    }
  });

  it('pages through the users by cursor', async () => {
    for (let i = 0; i < 7; i++) await v1('POST', '/users', { address: `page-${i}` });
    const seen: unknown[] = [];
    let cursor: unknown;
    do {
      const next = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await v1('GET', `/users?limit=3&address=page-*${next}`);
      seen.push(...(body.data as { address: string }[]).map(({ address }) => address));
      cursor = body.nextCursor;
    } while (typeof cursor === 'string');
    expect(seen).toEqual(Array.from({ length: 7 }, (_, i) => `page-${i}`));
  });

  it('refuses cursors and limits that it never gave', async () => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=***', 'cursor=YQ==']) {
      const { status, body } = await v1('GET', `/users?${query}`);
      expect([query, status, body]).toMatchObject([query, 400, { error: { code: 'BAD_REQUEST' } }]);
    }
  });

  it('issues, lists and revokes tokens', async () => {
    await v1('POST', '/users', { address: 'dave' });
    const { status, body: issued } = await v1('POST', '/users/dave/tokens', { expiresIn: 60 });
    expect(status).toBe(201);
    const { body: list } = await v1('GET', '/users/dave/tokens');
    const { token, ...rest } = issued;
    expect(list).toEqual({ data: [rest], nextCursor: null });
    expect((await v1('DELETE', `/users/dave/tokens/${issued.id}`)).status).toBe(204);
    await expect(fixture.options.users.authenticate(String(token))).rejects.toMatchObject({
      code: 'BAD_TOKEN',
    });
    expect((await v1('DELETE', `/users/dave/tokens/${issued.id}`)).status).toBe(404);
    await v1('POST', '/users/dave/tokens', {});
    expect((await v1('DELETE', '/users/dave/tokens')).status).toBe(204);
    expect((await v1('GET', '/users/dave/tokens')).body.data).toEqual([]);
  });

  it('names the field that is wrong', async () => {
    const { status, body } = await v1('POST', '/users', { address: 'eve', name: 7 });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { code: 'BAD_REQUEST', message: '"name" in the body must be string.' },
    });
    const missing = await v1('POST', '/users', {});
    expect(missing.body).toMatchObject({ error: { message: expect.stringContaining('address') } });
  });

  it('wants the token of an app', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer wrong-token',
      'Basic YWRtaW46eA==',
      'Bearer a, Bearer b',
    ]) {
      const { status, body } = await v1('GET', '/users', undefined, { authorization });
      expect([authorization, status]).toEqual([authorization, 401]);
      expect(body).toMatchObject({ error: { code: 'BAD_CREDENTIALS' } });
    }
  });

  it('keeps the users of apps apart', async () => {
    await v1('POST', '/users', { address: 'frank' });
    const other = await fixture.options.apps.create('other');
    const headers = { authorization: `Bearer ${other.token}` };
    expect((await v1('GET', '/users/frank', undefined, headers)).status).toBe(404);
    expect((await v1('DELETE', '/users/frank', undefined, headers)).status).toBe(404);
    expect((await v1('GET', '/users', undefined, headers)).body.data).toEqual([]);
  });
});
