import { unpackValue } from '@stoa/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminPassword, type HttpFixture, openHttp } from '../http-fixture.ts';

describe('changing messages', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
    for (const address of ['alice', 'bob']) await fixture.v1('POST', '/users', { address });
  });
  afterAll(() => fixture.close());

  async function send(): Promise<number> {
    const message = { from: 'alice', to: 'bob', content: { text: 'rude' } };
    const { body } = await fixture.v1('POST', '/messages', message);
    return (body.data as { mid: number }[])[0]?.mid ?? 0;
  }
  async function stored(mid: number) {
    const message = await fixture.store.log.find(mid);
    return { ...message, content: message?.content ? unpackValue(message.content) : null };
  }

  it('edits a message in the name of its sender', async () => {
    const mid = await send();
    const { status, body } = await fixture.v1('PATCH', `/messages/${mid}`, { content: { text: 'kind' } });
    expect([status, body]).toMatchObject([200, { mid, seq: Number((await stored(mid)).seq) + 1 }]);
    expect(await stored(mid)).toMatchObject({ content: { text: 'kind' }, special: { editedAt: body.ts } });
    const [, event] = await fixture.store.log.read(Number(body.conv), {
      after: Number(body.seq) - 2,
      limit: 2,
    });
    expect(event).toMatchObject({ sender: (await stored(mid)).sender, dev: 0, special: { event: 'edit' } });
  });

  it('recalls a message, once', async () => {
    const mid = await send();
    expect(await fixture.v1('DELETE', `/messages/${mid}`)).toMatchObject({ status: 204 });
    expect(await stored(mid)).toMatchObject({ content: null, special: { gone: 'recalled' } });
    for (const method of ['PATCH', 'DELETE'] as const) {
      const body = method === 'PATCH' ? { content: { text: 'x' } } : undefined;
      const refused = await fixture.v1(method, `/messages/${mid}`, body);
      expect(refused).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    }
  });

  it('does both to messages of groups', async () => {
    const { body: group } = await fixture.v1('POST', '/groups', { members: ['alice', 'bob'] });
    const message = { from: 'alice', gid: group.gid, content: { text: 'rude' } };
    const { body: sent } = await fixture.v1('POST', '/messages', message);
    const mid = (sent.data as { mid: number }[])[0]?.mid ?? 0;
    const edited = await fixture.v1('PATCH', `/messages/${mid}`, { content: { text: 'kind' } });
    expect(edited).toMatchObject({ status: 200, body: { mid, seq: 2 } });
    expect(await stored(mid)).toMatchObject({ content: { text: 'kind' } });
    expect((await fixture.v1('DELETE', `/messages/${mid}`)).status).toBe(204);
    expect(await stored(mid)).toMatchObject({ content: null, special: { gone: 'recalled' } });
    expect((await fixture.v1('DELETE', `/messages/${mid}`)).status).toBe(404);
  });

  it('does both by the older API', async () => {
    const mid = await send();
    const edited = await fixture.backend({ op: 'messageset', message: { mid, message: 'kind', title: 'T' } });
    expect(edited).toMatchObject({ result: true, mid });
    expect(await stored(mid)).toMatchObject({ content: { text: 'kind', title: 'T' } });
    expect(await fixture.query({ op: 'messageset', mid: String(mid), msg: 'kinder' })).toMatchObject({
      result: true,
    });
    expect(await stored(mid)).toMatchObject({ content: { text: 'kinder' } });
    expect(await fixture.query({ op: 'messagedel', mid: String(mid) })).toMatchObject({ result: true, mid });
    expect(await fixture.backend({ op: 'messagedel', message: { mid } })).toMatchObject({
      result: false,
      error: 'NOTFOUND',
    });
  });

  it('does nothing to messages of other apps', async () => {
    const mid = await send();
    const authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`;
    const { body } = await fixture.v1('POST', '/apps', { name: 'Other' }, { authorization });
    const other = { authorization: `Bearer ${body.token}` };
    for (const method of ['PATCH', 'DELETE'] as const) {
      const change = method === 'PATCH' ? { content: { text: 'x' } } : undefined;
      expect(await fixture.v1(method, `/messages/${mid}`, change, other)).toMatchObject({ status: 404 });
    }
    expect(await stored(mid)).toMatchObject({ content: { text: 'rude' }, special: null });
  });

  it.each([
    ['PATCH', '/messages/0', { content: { text: 'x' } }],
    ['PATCH', '/messages/x', { content: { text: 'x' } }],
    ['PATCH', '/messages/1', { content: {} }],
    ['PATCH', '/messages/1', {}],
    ['DELETE', '/messages/-1', undefined],
  ] as const)('%s %s %o is refused', async (method, path, body) => {
    const before = await fixture.snapshot();
    const refused = await fixture.v1(method, path, body);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
    expect(await fixture.snapshot()).toBe(before);
  });

  it.each([
    [{ op: 'messageset', message: { mid: 1 } }],
    [{ op: 'messageset', message: { message: 'x' } }],
    [{ op: 'messagedel', message: { mid: 'x' } }],
    [{ op: 'messagedel' }],
  ])('%o is refused', async (call) => {
    expect(await fixture.backend(call)).toMatchObject({ result: false, error: 'BADREQ' });
  });
});
