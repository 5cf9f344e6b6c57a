import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newGroup } from '../contract/group-fixture.ts';
import { newMessage, newPair } from '../contract/store-under-test.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import { openTestStore, type SqliteStoreUnderTest } from './testing/test-store.ts';

describe('opening a store', () => {
  let tested: SqliteStoreUnderTest;
  beforeEach(async () => {
    tested = await openTestStore();
  });
  afterEach(() => tested.cleanup());

  it('makes the folders that are missing', async () => {
    const store = await openSqliteStore({ path: join(dirname(tested.path), 'a', 'b', 'stoa.db') });
    await store.ping();
    await store.close();
  });

  it('is refused while the data is in use, also by this process', async () => {
    await expect(openSqliteStore({ path: tested.path })).rejects.toMatchObject({ reason: 'in-use' });
    await tested.store.ping();
  });

  it('is refused when a newer version wrote the data, and leaves them alone', async () => {
    await tested.store.close();
    const database = new DatabaseSync(tested.path);
    const version = database.prepare('pragma user_version').get()?.user_version;
    database.exec('pragma user_version = 1000');
    await expect(openSqliteStore({ path: tested.path })).rejects.toMatchObject({
      name: 'StoreOpenError',
      reason: 'newer',
      message: expect.stringContaining('Update Stoa'),
    });
    database.exec(`pragma user_version = ${version}`);
    database.close();
    await tested.reopen();
  });

  it('is refused when the file is no database or no file', async () => {
    const folder = dirname(tested.path);
    writeFileSync(
      join(folder, 'text.db'),
      'this is not a database, but long enough to look like one\n'.repeat(100),
    );
    mkdirSync(join(folder, 'folder.db'));
    for (const name of ['text.db', 'folder.db', 'text.db/stoa.db']) {
      await expect(openSqliteStore({ path: join(folder, name) })).rejects.toMatchObject({
        name: 'StoreOpenError',
        reason: 'unusable',
        message: expect.stringContaining(name),
      });
    }
  });

  it('finishes the removal of an app that was interrupted', async () => {
    const { aid, alice, conversation } = await newPair(tested.store);
    const { conv } = await tested.store.log.append(newMessage({ conversation, sender: alice }));
    await tested.store.close();
    const database = new DatabaseSync(tested.path);
    database.exec(`update apps set removed = 1, token_hash = null where aid = ${aid}`);
    database.close();

    const store = await tested.reopen();
    expect(await store.users.find(alice)).toBeUndefined();
    expect(await store.log.conversation(conv)).toBeUndefined();
  });

  it('lets the rooms go on at once of a node that has ended without a word', async () => {
    const { gid } = (await newGroup(tested.store)).group;
    const now = Date.now();
    const lasts = { until: now + 60_000, goesOnAfter: now - 60_000 };
    const claimed = await tested.store.roomLeases.claim({ gid, node: 'one', now, ...lasts });
    const refused = await tested.store.roomLeases.claim({ gid, node: 'two', now, ...lasts });
    expect(refused.node).toBe('one');
    await tested.store.close();

    const store = await tested.reopen();
    const again = await store.roomLeases.claim({ gid, node: 'two', now: Date.now(), ...lasts });
    expect(again).toMatchObject({ node: 'two', epoch: claimed.epoch + 1, startedAt: claimed.startedAt });
  });
});
