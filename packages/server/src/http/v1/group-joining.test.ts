import { groupFlags } from '@stoa/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpFixture, openHttp } from '../http-fixture.ts';

describe('joining and messages of groups in the REST API', () => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await openHttp();
    for (const address of ['alice', 'bob', 'carol']) await fixture.v1('POST', '/users', { address });
  });
  afterAll(() => fixture.close());

  async function newGroup(settings: object = {}): Promise<number> {
    const { body } = await fixture.v1('POST', '/groups', { name: 'Band', ...settings });
    return Number(body.gid);
  }

  it('gives a PIN with a link, changes it and removes it', async () => {
    const gid = await newGroup();
    const limits = { calls: { videoResolution: 2 }, stay: 60 };
    const { body } = await fixture.v1('POST', `/groups/${gid}/pins`, { uses: 3, expiry: 60, ...limits });
    const pin = Number(body.pin);
    expect(body).toMatchObject({ usesLeft: 3, expiresAt: expect.any(Number), ...limits });
    const added = await fixture.v1('POST', `/groups/${gid}/members`, { members: ['carol'], ...limits });
    expect(added.body.data).toMatchObject([{ calls: limits.calls, until: expect.any(Number) }]);
    expect(String(body.link)).toMatch(new RegExp(`^http.*/messenger/#/join/${gid}-${pin}$`));
    const path = `/groups/${gid}/pins/${pin}`;
    expect(await fixture.v1('PATCH', path, { uses: 1, expiry: 0 })).toMatchObject({
      status: 200,
      body: { pin, usesLeft: 1, expiresAt: null },
    });
    expect((await fixture.v1('GET', `/groups/${gid}/pins`)).body.data).toMatchObject([{ pin, usesLeft: 1 }]);
    expect((await fixture.v1('DELETE', path)).status).toBe(204);
    expect((await fixture.v1('PATCH', path, { uses: 1 })).status).toBe(404);
  });

  it('lists who asks to join in pages, and answers them', async () => {
    const gid = await newGroup({ flags: groupFlags.joinByRequest });
    for (const address of ['bob', 'carol']) {
      const { uid = 0 } = (await fixture.store.users.findByAddress(fixture.aid, address)) ?? {};
      await fixture.options.groups.joining.join({ aid: fixture.aid, uid, address }, gid);
    }
    const path = `/groups/${gid}/requests`;
    const { body: first } = await fixture.v1('GET', `${path}?limit=1`);
    const { body: rest } = await fixture.v1('GET', `${path}?limit=1&cursor=${first.nextCursor}`);
    expect([first.data, rest.data]).toMatchObject([[{ address: 'bob' }], [{ address: 'carol' }]]);
    expect((await fixture.v1('GET', `${path}?cursor=bad`)).status).toBe(400);
    expect((await fixture.v1('POST', path, { users: ['bob', 'alice'], accept: true })).status).toBe(204);
    await fixture.v1('POST', path, { users: ['carol'], accept: false });
    expect((await fixture.v1('GET', `/groups/${gid}/members`)).body.data).toMatchObject([{ address: 'bob' }]);
    expect((await fixture.v1('GET', path)).body.data).toEqual([]);
  });

  it('sends and schedules messages to a group', async () => {
    const gid = await newGroup({ members: ['alice'] });
    const send = (message: object, headers = {}) =>
      fixture.v1('POST', '/messages', { from: 'alice', gid, content: { text: 'Hi' }, ...message }, headers);
    const key = { 'idempotency-key': 'once' };
    const [one, again] = [await send({}, key), await send({}, key)];
    expect(one).toMatchObject({ status: 201, body: { data: [{ gid, seq: 1 }] } });
    expect(again.body).toEqual(one.body);
    expect(await send({ from: 'bob' })).toMatchObject({
      status: 403,
      body: { error: { code: 'NOT_A_MEMBER' } },
    });
    expect((await send({ from: 'bob', forced: true })).status).toBe(201);
    const at = Date.now() + 3_600_000;
    expect(await send({ at })).toMatchObject({ status: 202, body: { data: [{ gid, at }] } });
    expect((await send({ to: 'bob' })).status).toBe(400);
    expect((await fixture.v1('POST', '/messages', { from: 'alice', content: { text: 'Hi' } })).status).toBe(
      400,
    );
  });
});
