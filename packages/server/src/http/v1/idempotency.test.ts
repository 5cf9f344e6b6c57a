import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from '../http-fixture.ts';
import { messageIdOf } from './idempotency.ts';

describe('the Idempotency-Key', () => {
  let fixture: HttpFixture;
  const withKey = (key: string) => ({ 'idempotency-key': key });

  beforeAll(async () => {
    fixture = await openHttp();
    for (const address of ['alice', 'bob', 'carol']) await fixture.v1('POST', '/users', { address });
  });
  afterAll(() => fixture.close());

  it('makes a repeated request answer what the first one did, without doing it again', async () => {
    const first = await fixture.v1('POST', '/users/alice/tokens', {}, withKey('k1'));
    const second = await fixture.v1('POST', '/users/alice/tokens', {}, withKey('k1'));
    expect(second.body).toEqual(first.body);
    expect(second.status).toBe(201);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect((await fixture.v1('GET', '/users/alice/tokens')).body.data).toHaveLength(1);
    const third = await fixture.v1('POST', '/users/alice/tokens', {}, withKey('k2'));
    expect(third.body.token).not.toBe(first.body.token);
  });

  it('holds for requests that are under way', async () => {
    const [a, b] = await Promise.all([
      fixture.v1('POST', '/users/bob/tokens', {}, withKey('k3')),
      fixture.v1('POST', '/users/bob/tokens', {}, withKey('k3')),
    ]);
    expect(a.body.token).toBe(b.body.token);
  });

  it('is refused for a different request', async () => {
    await fixture.v1('POST', '/otps', { address: 'alice' }, withKey('k4'));
    const other = await fixture.v1('POST', '/otps', { address: 'bob' }, withKey('k4'));
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
  });

  it('does not remember failures', async () => {
    expect((await fixture.v1('POST', '/users/dora/tokens', {}, withKey('k5'))).status).toBe(404);
    await fixture.v1('POST', '/users', { address: 'dora' });
    expect((await fixture.v1('POST', '/users/dora/tokens', {}, withKey('k5'))).status).toBe(201);
  });

  it('belongs to one app', async () => {
    const other = await fixture.options.apps.create('other');
    const mine = await fixture.v1('POST', '/otps', { address: 'x' }, withKey('k6'));
    const theirs = await fixture.v1(
      'POST',
      '/otps',
      { address: 'x' },
      {
        ...withKey('k6'),
        authorization: `Bearer ${other.token}`,
      },
    );
    expect(mine.status).toBe(201);
    expect(theirs.headers['idempotent-replayed']).toBeUndefined();
  });

  it('goes into the message log, so that a message is stored once for each receiver', async () => {
    const body = { from: 'alice', to: ['bob', 'carol'], content: { text: 'once' } };
    const first = await fixture.v1('POST', '/messages', body, withKey('m1'));
    const second = await fixture.v1('POST', '/messages', body, withKey('m1'));
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    const mids = (first.body.data as { mid: number }[]).map(({ mid }) => mid);
    expect(new Set(mids).size).toBe(2);
    const again = await fixture.v1('POST', '/messages', body);
    expect((again.body.data as { seq: number }[])[0]?.seq).toBe(2);
  });

  it('must not be longer than 255 characters', async () => {
    const { status } = await fixture.v1('POST', '/otps', { address: 'x' }, withKey('x'.repeat(256)));
    expect(status).toBe(400);
  });

  it('becomes an id that the protocol can carry', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (key, to) => {
        const id = messageIdOf(key, to);
        expect(Number.isSafeInteger(id) && id >= 1).toBe(true);
      }),
    );
  });
});
