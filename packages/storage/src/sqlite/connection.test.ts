import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newMessage, newPair } from '../contract/store-under-test.ts';
import { openForReading, openForWriting } from './connection.ts';
import { openTestStore, type SqliteStoreUnderTest } from './testing/test-store.ts';

describe('the database file', () => {
  let tested: SqliteStoreUnderTest;
  afterEach(() => tested.cleanup());

  it('is synced at every commit, and checks its foreign keys', async () => {
    tested = await openTestStore();
    const database = openForWriting(tested.path, { busyTimeoutMs: 100 });
    const pragma = (name: string) => Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0];
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('foreign_keys')).toBe(1);
    database.close();
  });

  it('cannot be written through the connection that reads', async () => {
    tested = await openTestStore();
    const database = openForReading(tested.path);
    expect(() => database.exec("insert into settings values ('a', 'b')")).toThrow(/readonly/);
    database.close();
  });

  it('is readable by its owner only', async () => {
    tested = await openTestStore();
    await tested.store.settings.set('a', 'b');
    for (const suffix of ['', '-wal', '-shm', '-lock']) {
      expect(statSync(tested.path + suffix).mode & 0o777).toBe(0o600);
    }
  });

  it('does not let its log grow without end', async () => {
    tested = await openTestStore();
    const { alice, conversation } = await newPair(tested.store);
    const content = new Uint8Array(64 * 1024);
    for (let round = 0; round < 20; round++) {
      const appends = Array.from({ length: 32 }, () =>
        tested.store.log.append(newMessage({ conversation, sender: alice, content })),
      );
      await Promise.all(appends);
    }
    // Written: 40 MB. The log is emptied at 8 MB, but only between batches, of 2 MB each here.
    expect(statSync(`${tested.path}-wal`).size).toBeLessThan(12 * 1024 * 1024);
  });

  it('leaves nothing but itself and its lock when it is closed', async () => {
    tested = await openTestStore();
    await tested.store.settings.set('a', 'b');
    await tested.store.close();
    expect(() => statSync(`${tested.path}-wal`)).toThrow(/ENOENT/);
    expect(statSync(dirname(tested.path)).isDirectory()).toBe(true);
  });
});
