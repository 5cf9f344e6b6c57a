import { packValue, unpackValue } from '@stoa/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from '../http-fixture.ts';

describe('messages in the REST API', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
    for (const address of ['alice', 'bob', 'carol', 'a,b']) await fixture.v1('POST', '/users', { address });
  });
  afterAll(() => fixture.close());

  const send = (message: object) => fixture.v1('POST', '/messages', { from: 'alice', to: 'bob', ...message });

  it('stores a message and tells its id and place', async () => {
    const content = { title: 'Invitation', text: 'Tea?', fields: { table: 5 }, data: 'AP8H' };
    const { status, body } = await send({ content, type: 7, localId: 42, expiry: 60 });
    expect(status).toBe(201);
    const [sent] = body.data as { to: string; mid: number; conv: number; seq: number; ts: number }[];
    expect(sent).toMatchObject({ to: 'bob', seq: 1 });
    const stored = await fixture.store.log.find(sent?.mid ?? 0);
    expect(stored).toMatchObject({
      seq: 1,
      dev: 0,
      type: 7,
      localId: 42,
      expiresAt: (sent?.ts ?? 0) + 60_000,
    });
    expect(unpackValue(stored?.content ?? new Uint8Array())).toEqual({
      ...content,
      data: Uint8Array.of(0, 255, 7),
    });
  });

  it('reaches several receivers, each once', async () => {
    const { body } = await send({ to: ['bob', 'carol', 'bob', 'a,b'], content: { text: 'all' } });
    expect((body.data as { to: string }[]).map(({ to }) => to)).toEqual(['bob', 'carol', 'a,b']);
  });

  it('sends to nobody when one of them does not exist', async () => {
    const before = await fixture.snapshot();
    const { status, body } = await send({ to: ['bob', 'nobody'], content: { text: 'all' } });
    expect([status, body]).toMatchObject([404, { error: { code: 'INVALID_DESTINATION' } }]);
    expect(await fixture.snapshot()).toBe(before);
  });

  it('schedules a message, once for each idempotency key', async () => {
    const at = Date.now() + 3_600_000;
    const key = { 'idempotency-key': 'later' };
    const message = { from: 'alice', to: ['bob', 'carol'], content: { text: 'Later' }, at };
    const before = await fixture.snapshot();
    for (let times = 0; times < 2; times += 1) {
      expect(await fixture.v1('POST', '/messages', message, key)).toMatchObject({
        status: 202,
        body: {
          data: [
            { to: 'bob', at },
            { to: 'carol', at },
          ],
        },
      });
    }
    expect(await fixture.snapshot()).toBe(before);
    const sender = (await fixture.store.users.findByAddress(fixture.aid, 'alice'))?.uid ?? 0;
    expect(await fixture.store.schedule.list({ sender, limit: 5 })).toHaveLength(2);
    const passed = await send({ content: { text: 'Now' }, at: 1_000 });
    expect(passed).toMatchObject({ status: 202, body: { data: [{ to: 'bob' }] } });
    expect(await fixture.snapshot()).not.toBe(before);
  });

  it.each([
    ['too far ahead', { at: Date.now() + 400 * 24 * 3_600_000 }],
    ['for a transient message', { at: Date.now() + 3_600_000, flags: 4 }],
  ])('refuses a time %s', async (_name, more) => {
    const refused = await send({ content: { text: 'x' }, ...more });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  });

  it('sends to nobody when one of them blocks the sender', async () => {
    const { body } = await fixture.v1('POST', '/users', { address: 'dora' });
    const value = packValue({ messages: true });
    const block = { uid: Number(body.uid), limit: 10, now: 1, values: [{ key: 'blocked:a,b', value }] };
    await fixture.store.values.set(block);
    const before = await fixture.snapshot();
    const refused = await send({ from: 'a,b', to: ['bob', 'dora'], content: { text: 'x' } });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'BLOCKED' } } });
    expect(await fixture.snapshot()).toBe(before);
  });

  it('does not store a transient message', async () => {
    const before = await fixture.snapshot();
    const { status, body } = await send({ content: { text: 'now' }, flags: 4 });
    expect([status, body]).toMatchObject([201, { data: [{ conv: 0, seq: 0 }] }]);
    expect(await fixture.snapshot()).toBe(before);
  });

  it.each([
    ['no content', {}, 'BAD_REQUEST'],
    ['an empty content', { content: {} }, 'BAD_REQUEST'],
    ['an unknown field', { content: { texte: 'x' } }, 'BAD_REQUEST'],
    ['no receiver', { to: [], content: { text: 'x' } }, 'BAD_REQUEST'],
    ['an unknown sender', { from: 'nobody', content: { text: 'x' } }, 'NOT_FOUND'],
    ['an unknown receiver', { to: 'nobody', content: { text: 'x' } }, 'INVALID_DESTINATION'],
    ['bytes that are not base64', { content: { data: '!' } }, 'BAD_REQUEST'],
    ['content over the limit', { content: { data: 'A'.repeat(100_000) } }, 'TOO_LARGE'],
    ['content nested too deeply', { content: { fields: nested(20) } }, 'TOO_LARGE'],
    ['no expiry at all', { content: { text: 'x' }, expiry: 0 }, 'BAD_REQUEST'],
  ])('refuses %s and stores nothing', async (_what, message, code) => {
    const before = await fixture.snapshot();
    const { status, body } = await send(message);
    expect(body).toMatchObject({ error: { code } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(await fixture.snapshot()).toBe(before);
  });
});

function nested(depth: number): object {
  return depth === 0 ? {} : { deeper: nested(depth - 1) };
}
