import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from '../http-fixture.ts';

describe('what the back end puts on messages', () => {
  let fixture: HttpFixture;
  let gid = 0;
  beforeAll(async () => {
    fixture = await openHttp();
    for (const address of ['alice', 'bob', 'carol', 'dave']) await fixture.v1('POST', '/users', { address });
    const { body } = await fixture.v1('POST', '/groups', {
      name: 'Band',
      owner: 'alice',
      members: ['alice', 'bob', 'carol'],
    });
    gid = Number(body.gid);
  });
  afterAll(() => fixture.close());

  async function send(message: object): Promise<number> {
    const { body } = await fixture.v1('POST', '/messages', { from: 'alice', ...message });
    return (body.data as { mid: number }[])[0]?.mid ?? 0;
  }
  const post = async (mid: number, what: string, body: object) => {
    const { status, body: answer } = await fixture.v1('POST', `/messages/${mid}/${what}`, body);
    return status === 200 ? 200 : (answer.error as { code: string }).code;
  };
  const read = async (mid: number) => (await fixture.v1('GET', `/messages/${mid}`)).body;
  const pinnedAt = async (path: string) =>
    ((await fixture.v1('GET', path)).body.data as { mid: number }[]).map(({ mid }) => mid);

  it('are reactions of users who may read it', async () => {
    const mid = await send({ to: 'bob', content: { text: 'hello' } });
    expect(await post(mid, 'reactions', { from: 'bob', emoji: '👍' })).toBe(200);
    expect(await post(mid, 'reactions', { from: 'alice', emoji: '👍' })).toBe(200);
    expect(await post(mid, 'reactions', { from: 'bob', emoji: '🎉' })).toBe(200);
    expect(await post(mid, 'reactions', { from: 'bob', emoji: '🎉', on: false })).toBe(200);
    expect(await post(mid, 'reactions', { from: 'carol', emoji: '👍' })).toBe('NOT_FOUND');
    expect(await post(mid, 'reactions', { from: 'nobody', emoji: '👍' })).toBe('NOT_FOUND');
    expect(await post(mid, 'reactions', { from: 'bob', emoji: 'no' })).toBe('BAD_REQUEST');
    expect(await read(mid)).toMatchObject({
      mid,
      from: 'alice',
      to: 'bob',
      content: { text: 'hello' },
      reactions: [{ emoji: '👍', users: ['bob', 'alice'] }],
      votes: [],
    });
    // They are entries of the log, in the name of the user, that devices get like any other.
    const { conv } = (await fixture.store.log.find(mid)) ?? { conv: 0 };
    const entries = await fixture.store.log.read(conv, { after: 0, limit: 9 });
    expect(entries.map(({ special }) => special?.event)).toEqual([null, 'react', 'react', 'react', 'react']);
  });

  it('are pins: in a group of who may modify it', async () => {
    const [first, second] = [
      await send({ gid, content: { text: 'one' } }),
      await send({ gid, content: { text: 'two' } }),
    ];
    expect(await post(second, 'pin', { from: 'bob' })).toBe('PERMISSION_DENIED');
    expect(await post(second, 'pin', { from: 'dave' })).toBe('NOT_A_MEMBER');
    for (const mid of [second, first]) expect(await post(mid, 'pin', { from: 'alice' })).toBe(200);
    expect(new Set(await pinnedAt(`/groups/${gid}/pinned`))).toEqual(new Set([first, second]));
    expect(await read(first)).toMatchObject({ gid, pinned: { user: 'alice' } });
    expect(await post(second, 'pin', { from: 'alice', on: false })).toBe(200);
    expect(await pinnedAt(`/groups/${gid}/pinned`)).toEqual([first]);
    const mid = await send({ to: 'carol', content: { text: 'three' } });
    expect(await post(mid, 'pin', { from: 'carol' })).toBe(200);
    expect(await pinnedAt('/users/alice/pinned/carol')).toEqual([mid]);
    expect(await pinnedAt('/users/carol/pinned/alice')).toEqual([mid]);
    expect(await pinnedAt('/users/alice/pinned/dave')).toEqual([]);
    expect((await fixture.v1('GET', '/groups/999999/pinned')).status).toBe(404);
    expect((await fixture.v1('GET', '/users/alice/pinned/nobody')).status).toBe(404);
  });

  it('are polls, votes and their end', async () => {
    const poll = { question: 'Where?', options: ['Here', 'There'] };
    const mid = await send({ gid, content: { poll } });
    expect(await post(mid, 'votes', { from: 'bob', options: [0] })).toBe(200);
    expect(await post(mid, 'votes', { from: 'carol', options: [1] })).toBe(200);
    expect(await post(mid, 'votes', { from: 'bob', options: [1] })).toBe(200);
    expect(await post(mid, 'votes', { from: 'bob', options: [0, 1] })).toBe('BAD_REQUEST');
    expect(await post(mid, 'votes', { from: 'bob', options: [2] })).toBe('BAD_REQUEST');
    expect(await post(mid, 'close', { from: 'bob' })).toBe('PERMISSION_DENIED');
    expect(await post(mid, 'close', { from: 'alice' })).toBe(200);
    expect(await post(mid, 'votes', { from: 'carol', options: [] })).toBe('TOO_LATE');
    expect(await read(mid)).toMatchObject({
      content: { poll },
      votes: [{ option: 1, users: ['carol', 'bob'] }],
      closed: expect.any(Number),
    });
    const text = await send({ gid, content: { text: 'no poll' } });
    expect(await post(text, 'votes', { from: 'bob', options: [0] })).toBe('NOT_FOUND');
  });

  it('are the same in the older API', async () => {
    const mid = await send({ gid, content: { poll: { question: 'Tea?', options: ['Yes', 'No'] } } });
    const call = (op: string, more: object) => fixture.backend({ op, message: { mid, ...more } });
    expect(await call('messagereact', { from: 'bob', emoji: '👍' })).toMatchObject({ result: true, mid });
    expect(await call('messagevote', { from: 'bob', options: '1' })).toMatchObject({ result: true });
    expect(await call('messagevote', { from: 'bob', options: 'x' })).toMatchObject({ error: 'BADREQ' });
    expect(await call('messagepin', { from: 'bob' })).toMatchObject({ result: false });
    expect(await call('messagepin', { from: 'alice' })).toMatchObject({ result: true });
    expect(await call('messageclose', { from: 'alice' })).toMatchObject({ result: true });
    expect(
      await fixture.query({ op: 'messagereact', mid: String(mid), from: 'bob', emoji: '👍', on: '0' }),
    ).toMatchObject({ result: true });
    expect(await read(mid)).toMatchObject({
      reactions: [],
      votes: [{ option: 1, users: ['bob'] }],
      pinned: { user: 'alice' },
      closed: expect.any(Number),
    });
  });

  it('are none of other apps', async () => {
    expect((await fixture.v1('GET', '/messages/999999')).status).toBe(404);
    expect(await post(999_999, 'reactions', { from: 'bob', emoji: '👍' })).toBe('NOT_FOUND');
  });
});
