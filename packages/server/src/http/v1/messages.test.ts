import { unpackValue } from '@stoa/protocol';
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
