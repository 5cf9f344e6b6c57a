import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appToken, type HttpFixture, openHttp } from '../http-fixture.ts';

type UserAnswer = {
  uid: number;
  token: string;
  address: string;
  name: string;
  active: boolean;
  flag: number;
};

describe('user operations of the back-end API', () => {
  let fixture: HttpFixture;
  let backend: HttpFixture['backend'];
  let query: HttpFixture['query'];
  let people = 0;
  let address: string;

  beforeAll(async () => {
    fixture = await openHttp();
    ({ backend, query } = fixture);
  });
  afterAll(() => fixture.close());
  beforeEach(() => {
    address = `person-${++people}@example.com`;
    fixture.changes.length = 0;
  });

  const userOf = (answer: Record<string, unknown>) => answer.user as UserAnswer;
  const signIn = (token: string, app?: string) =>
    fixture.options.users.authenticate(token, app).then(
      ({ user }) => user.address,
      (error: { code?: string }) => error.code,
    );

  describe('useradd', () => {
    it('answers uid and token in the newer form', async () => {
      const token = { appid: 'com.example.chat', expiry: 60 };
      const answer = await backend({ op: 'useradd', user: { address, name: 'Person', token } });
      expect(answer).toMatchObject({ op: 'useradd', result: true, user: { address, name: 'Person' } });
      expect(userOf(answer).token.length).toBeGreaterThan(16);
      expect(await signIn(userOf(answer).token, 'com.example.chat')).toBe(address);
      expect(await signIn(userOf(answer).token, 'com.other')).toBe('WRONG_APP');
    });

    it('answers uid and token in the older form', async () => {
      const answer = await query({
        op: 'useradd',
        addr: address,
        appid: 'com.example.chat',
        name: 'Person',
        sig: 'none',
      });
      expect(answer).toMatchObject({ op: 'useradd', result: true, user: { address, name: 'Person' } });
      expect(await signIn(userOf(answer).token, 'com.example.chat')).toBe(address);
    });

    it('binds no app name to a v2 token', async () => {
      const token = { appid: 'com.example.chat', v2: true };
      const answer = await backend({ op: 'useradd', user: { address, token } });
      expect(await signIn(userOf(answer).token)).toBe(address);
    });

    it('makes another token for the same user, and changes only what is given', async () => {
      const first = userOf(
        await query({ op: 'useradd', addr: address, appid: 'a', name: 'Person', flag: '5' }),
      );
      const second = userOf(await query({ op: 'useradd', addr: address, appid: 'a', name: '' }));
      expect(second).toMatchObject({ uid: first.uid, name: 'Person', flag: 5 });
      expect(second.token).not.toBe(first.token);
    });

    it('makes no token for an existing user when the newer form does not ask for one', async () => {
      const first = userOf(await backend({ op: 'useradd', user: { address } }));
      expect(first.token).toBeDefined();
      expect(userOf(await backend({ op: 'useradd', user: { address, name: 'New' } }))).not.toHaveProperty(
        'token',
      );
    });

    it('fails when the one-time code is wrong, and makes nothing', async () => {
      const { otp } = await backend({ op: 'otp', otp: { address, tries: 5, expiry: 300, reuse: 1 } });
      const failed = await backend({ op: 'useradd', user: { address, otp: 'nonono', token: {} } });
      expect(failed).toMatchObject({ op: 'useradd', result: false, error: 'BADOTP' });
      expect(await fixture.store.users.findByAddress(fixture.aid, address)).toBeUndefined();
      expect(await query({ op: 'useradd', addr: address, appid: 'a', otp: String(otp) })).toMatchObject({
        result: true,
      });
      expect(await query({ op: 'useradd', addr: address, appid: 'a', otp: String(otp) })).toMatchObject({
        error: 'BADOTP',
      });
    });
  });

  it.each(['json', 'query'])('usertoken makes another token (%s)', async (form) => {
    const { uid } = userOf(await backend({ op: 'useradd', user: { address } }));
    const answer =
      form === 'json'
        ? await backend({ op: 'usertoken', user: { uid, token: { appid: 'x' } } })
        : await query({ op: 'usertoken', uid: String(uid), appid: 'x' });
    expect(answer).toMatchObject({ result: true, user: { uid, appid: 'x' } });
    expect(await signIn(userOf(answer).token, 'x')).toBe(address);
  });

  it.each(['json', 'query'])('userset suspends and changes (%s)', async (form) => {
    const { uid } = userOf(await backend({ op: 'useradd', user: { address } }));
    const answer =
      form === 'json'
        ? await backend({ op: 'userset', user: { address, active: false, flags: 9, profile: { name: 'N' } } })
        : await query({ op: 'userset', uid: String(uid), active: '0', flag: '9', name: 'N' });
    expect(answer).toMatchObject({ result: true, user: { uid, active: false, flag: 9, name: 'N' } });
    expect(fixture.changes).toContainEqual({ type: 'user-suspended', uid });
  });

  it('userset with token.remove revokes all tokens', async () => {
    const { uid, token } = userOf(await backend({ op: 'useradd', user: { address } }));
    expect(await backend({ op: 'userset', user: { address, token: { remove: true } } })).toMatchObject({
      result: true,
    });
    expect(await signIn(token)).toBe('BAD_TOKEN');
    expect(fixture.changes).toContainEqual({ type: 'token-revoked', uid });
  });

  it.each([
    ['userdel by address', () => backend({ op: 'userdel', user: { address } })],
    ['userdel by uid', async () => query({ op: 'userdel', uid: String(await uidOf()) })],
    ['deluser', () => query({ op: 'deluser', addr: address, appid: 'x' })],
  ])('%s removes the user', async (_name, remove) => {
    const { uid, token } = userOf(await backend({ op: 'useradd', user: { address } }));
    expect(await remove()).toMatchObject({ result: true });
    expect(await signIn(token)).toBe('BAD_TOKEN');
    expect(fixture.changes).toContainEqual({ type: 'user-removed', uid });
    expect(await remove().catch(() => ({ error: 'NOTFOUND' }))).toMatchObject({ error: 'NOTFOUND' });
  });
  const uidOf = async () => (await fixture.store.users.findByAddress(fixture.aid, address))?.uid ?? 999_999;

  describe('deltoken', () => {
    let token: string;
    beforeEach(async () => {
      token = userOf(await backend({ op: 'useradd', user: { address } })).token;
    });

    it.each([
      ['named by the app', () => backend({ op: 'deltoken', user: { token } })],
      ['named by the app in the older form', () => query({ op: 'deltoken', usertoken: token })],
      ['sent by its holder', () => query({ op: 'deltoken', token })],
      ['under the name of userdel', () => query({ op: 'userdel', usertoken: token })],
      ['all of a user', () => query({ op: 'deltoken', addr: address })],
    ])('revokes a token: %s', async (_how, revoke) => {
      expect(await revoke()).toMatchObject({ result: true });
      expect(await signIn(token)).toBe('BAD_TOKEN');
      expect(fixture.changes).toMatchObject([{ type: 'token-revoked' }]);
    });

    it('wants the app token when it names somebody else’s', async () => {
      const answer = await query({ op: 'deltoken', token: 'no-app-has-this-token', usertoken: token });
      expect(answer).toMatchObject({ result: false, error: 'AUTHFAIL' });
      expect(await signIn(token)).toBe(address);
    });

    it('does not touch tokens of another app', async () => {
      const other = await fixture.options.apps.create('other');
      const answer = await query({ op: 'deltoken', token: other.token, usertoken: token });
      expect(answer).toMatchObject({ result: false, error: 'BADTOKEN' });
      expect(await signIn(token)).toBe(address);
    });
  });

  it.each(['users', 'usersget'])('%s lists users by pattern', async (op) => {
    for (const name of ['a', 'b', 'c'])
      await backend({ op: 'useradd', user: { address: `${address}-${name}` } });
    const json = await backend({ op, count: 2, user: { address: `${address}*` } });
    expect(json).toMatchObject({
      result: true,
      users: [{ address: `${address}-a` }, { address: `${address}-b` }],
    });
    const flat = await query({ op, addr: `${address}-b` });
    expect(flat.users).toMatchObject([{ address: `${address}-b`, uid: expect.any(Number) }]);
    expect(await query({ op, count: '20' })).toMatchObject({ result: true });
  });

  it('never touches users of another app', async () => {
    const { uid } = userOf(await backend({ op: 'useradd', user: { address } }));
    const other = await fixture.options.apps.create('other');
    for (const op of ['userset', 'userdel', 'usertoken']) {
      expect(await query({ op, token: other.token, uid: String(uid), active: '0' })).toMatchObject({
        result: false,
        error: 'NOTFOUND',
      });
    }
    expect(await fixture.store.users.find(uid)).toMatchObject({ active: true, removed: false });
    expect(appToken).not.toBe(other.token);
  });
});
