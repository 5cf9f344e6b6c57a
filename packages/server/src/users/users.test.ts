import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '@stoa/storage';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '../secret-token.ts';
import { type UserChange, Users } from './index.ts';

describe('users', () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'stoa-test-'));
  const changes: UserChange[] = [];
  let store: Store;
  let users: Users;
  let aid: number;
  let apps = 0;

  beforeAll(async () => {
    store = await openSqliteStore({ path: `${folder.path}/stoa.db` });
    const publish = (change: UserChange) => changes.push(change);
    users = new Users({ store, now: () => 1, publish, tokensPerUser: 10 });
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });
  beforeEach(async () => {
    ({ aid } = await store.apps.create({ name: 'test', tokenHash: hashToken(`app ${++apps}`), now: 1 }));
    changes.length = 0;
  });

  it('are made, and changed when the address exists; what is not given stays', async () => {
    const made = await users.add(aid, { address: 'alice', name: 'Alice', flag: 7 });
    expect(made).toMatchObject({ created: true, user: { name: 'Alice', active: true, flag: 7 } });
    expect(changes).toEqual([]);
    const changed = await users.add(aid, { address: 'alice', flag: 8 });
    expect(changed).toMatchObject({ created: false, user: { uid: made.user.uid, name: 'Alice', flag: 8 } });
    expect(changes).toEqual([{ type: 'user-changed', uid: made.user.uid }]);
  });

  it('can be suspended, which the server is told', async () => {
    const { user } = await users.add(aid, { address: 'alice' });
    expect(await users.update(user, { active: false })).toMatchObject({ active: false });
    expect(changes).toContainEqual({ type: 'user-suspended', uid: user.uid });
  });

  it('are gone when removed, with their tokens, and the address is free again', async () => {
    const { user } = await users.add(aid, { address: 'alice' });
    const { token } = await users.tokens.issue(user, null);
    await users.remove(user);
    expect(changes).toEqual([{ type: 'user-removed', uid: user.uid }]);
    await expect(users.byAddress(aid, 'alice')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(users.byUid(aid, user.uid)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(users.authenticate(token)).rejects.toMatchObject({ code: 'BAD_TOKEN' });
    await expect(users.remove(user)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(users.update(user, { name: 'ghost' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const again = await users.add(aid, { address: 'alice' });
    expect(again.user.uid).not.toBe(user.uid);
  });

  it('of another app are not found', async () => {
    const { user } = await users.add(aid, { address: 'alice' });
    await expect(users.byUid(aid + 1, user.uid)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(users.byAddress(aid + 1, 'alice')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are listed page by page in the order of their addresses, by pattern too', async () => {
    for (const address of ['carol', 'alice', 'bob', 'alan']) await users.add(aid, { address });
    const first = await users.list(aid, { limit: 3 });
    expect(first.users.map(({ address }) => address)).toEqual(['alan', 'alice', 'bob']);
    expect(first.next).toBe('bob');
    const second = await users.list(aid, { limit: 3, after: 'bob' });
    expect(second.users.map(({ address }) => address)).toEqual(['carol']);
    expect(second.next).toBeUndefined();
    const some = await users.list(aid, { limit: 3, pattern: 'al*' });
    expect(some.users.map(({ address }) => address)).toEqual(['alan', 'alice']);
  });
});
