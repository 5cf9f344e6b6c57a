import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store, type User } from '@stoa/storage';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '../secret-token.ts';
import { type UserChange, Users } from './index.ts';

const minute = 60_000;

describe('user tokens', () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'stoa-test-'));
  const changes: UserChange[] = [];
  let store: Store;
  let users: Users;
  let aid: number;
  let alice: User;
  let now = Date.UTC(2026, 0, 1);

  beforeAll(async () => {
    store = await openSqliteStore({ path: `${folder.path}/stoa.db` });
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });
  beforeEach(async () => {
    const publish = (change: UserChange) => changes.push(change);
    users = new Users({ store, now: () => now, publish, tokensPerUser: 3 });
    ({ aid } = await store.apps.create({ name: 'test', tokenHash: hashToken(`app ${now}`), now }));
    ({ user: alice } = await users.add(aid, { address: 'alice' }));
    changes.length = 0;
    now += minute;
  });

  const codeOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'accepted',
      (error: { code?: string }) => error.code,
    );

  it('are random, URL-safe, longer than 16 characters, and stored only as hashes', async () => {
    const issued = await Promise.all([users.tokens.issue(alice, null), users.tokens.issue(alice, null)]);
    const [first, second] = issued.map(({ token }) => token);
    expect(first).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(first).not.toBe(second);
    expect(JSON.stringify(await store.tokens.list(alice.uid))).not.toContain(first);
  });

  it('sign their user in', async () => {
    const { token, record } = await users.tokens.issue(alice, null);
    const signedIn = await users.authenticate(token, 'any.app');
    expect(signedIn.user.address).toBe('alice');
    expect(signedIn.token.id).toBe(record.id);
  });

  it('are valid for a year, for the minutes asked for, or for ever', async () => {
    const year = await users.tokens.issue(alice, null);
    const hour = await users.tokens.issue(alice, null, 60);
    const ever = await users.tokens.issue(alice, null, 0);
    expect(year.record.expiresAt).toBe(now + 365 * 24 * 60 * minute);
    expect(ever.record.expiresAt).toBeNull();
    now += 60 * minute - 1;
    expect(await codeOf(users.authenticate(hour.token))).toBe('accepted');
    now += 1;
    expect(await codeOf(users.authenticate(hour.token))).toBe('TOKEN_EXPIRED');
    now += 1000 * 365 * 24 * 60 * minute;
    expect(await codeOf(users.authenticate(year.token))).toBe('TOKEN_EXPIRED');
    expect(await codeOf(users.authenticate(ever.token))).toBe('accepted');
  });

  it('work only under the app name for which they were issued', async () => {
    const { token } = await users.tokens.issue(alice, 'com.example.chat');
    expect(await codeOf(users.authenticate(token, 'com.example.chat'))).toBe('accepted');
    await expect(users.authenticate(token, 'com.other')).rejects.toThrow(
      /"com\.example\.chat".*"com\.other"/,
    );
    expect(await codeOf(users.authenticate(token))).toBe('WRONG_APP');
  });

  it('are refused when they are unknown, empty or too long', async () => {
    for (const token of ['', 'short', 'x'.repeat(43), 'x'.repeat(100_000)]) {
      expect(await codeOf(users.authenticate(token))).toBe('BAD_TOKEN');
    }
  });

  it('are refused while the user is suspended, and work again afterwards', async () => {
    const { token } = await users.tokens.issue(alice, null);
    await users.update(alice, { active: false });
    expect(await codeOf(users.authenticate(token))).toBe('SUSPENDED');
    await users.update(alice, { active: true });
    expect(await codeOf(users.authenticate(token))).toBe('accepted');
  });

  it('are void when they are revoked one by one, by themselves or all together, and the server is told', async () => {
    const [one, two, three] = [
      await users.tokens.issue(alice, null),
      await users.tokens.issue(alice, null),
      await users.tokens.issue(alice, null),
    ];
    await users.tokens.revoke(alice, one.record.id);
    expect(await codeOf(users.authenticate(one.token))).toBe('BAD_TOKEN');
    await users.tokens.revokeToken(two.token);
    expect(await codeOf(users.authenticate(two.token))).toBe('BAD_TOKEN');
    expect(await users.tokens.revokeAll(alice)).toBe(1);
    expect(await codeOf(users.authenticate(three.token))).toBe('BAD_TOKEN');
    expect(changes).toEqual([
      { type: 'token-revoked', uid: alice.uid, tokenId: one.record.id },
      { type: 'token-revoked', uid: alice.uid, tokenId: two.record.id },
      { type: 'token-revoked', uid: alice.uid },
    ]);
  });

  it('of another app cannot be revoked', async () => {
    const { token } = await users.tokens.issue(alice, null);
    expect(await codeOf(users.tokens.revokeToken(token, aid + 1))).toBe('BAD_TOKEN');
    expect(await codeOf(users.tokens.revoke(alice, 999_999))).toBe('NOT_FOUND');
    expect(await codeOf(users.authenticate(token))).toBe('accepted');
    expect(changes).toEqual([]);
  });

  it('push out the oldest one when there are too many', async () => {
    const issued = [];
    for (let i = 0; i < 5; i++) {
      issued.push(await users.tokens.issue(alice, null));
      now += 1;
    }
    const codes = await Promise.all(issued.map(({ token }) => codeOf(users.authenticate(token))));
    expect(codes).toEqual(['BAD_TOKEN', 'BAD_TOKEN', 'accepted', 'accepted', 'accepted']);
    expect(changes.map(({ tokenId }) => tokenId)).toEqual(issued.slice(0, 2).map(({ record }) => record.id));
  });

  it('are listed without those that expired', async () => {
    const { record } = await users.tokens.issue(alice, null);
    await users.tokens.issue(alice, null, 1);
    now += minute;
    expect((await users.tokens.list(alice)).map(({ id }) => id)).toEqual([record.id]);
  });
});
