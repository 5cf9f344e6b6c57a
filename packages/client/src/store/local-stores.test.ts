import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { packValue } from '@stoa/protocol';
import { openDB } from 'idb';
import { afterAll, expect, it, vi } from 'vitest';
import { holdsTheContract } from '../testing/local-store-contract.ts';
import { indexedDbStore } from './indexed-db-store.ts';
import type { LocalStore } from './local-store.ts';
import { memoryStore } from './memory-store.ts';
import { sqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'stoa-stores-'));
afterAll(() => rmSync(folder, { recursive: true }));

const unexpected = (reason: string) => expect.fail(`lost: ${reason}`);

/** Makes stores with new names, and others on the data of a closed one. */
function byName(make: (name: string) => LocalStore) {
  const names = new WeakMap<LocalStore, string>();
  const named = (name: string): LocalStore => {
    const store = make(name);
    names.set(store, name);
    return store;
  };
  return [() => named(randomUUID()), (closed: LocalStore) => named(names.get(closed) ?? '')] as const;
}

holdsTheContract('memory', memoryStore, (closed) => closed);
holdsTheContract('IndexedDB', ...byName(indexedDbStore));
holdsTheContract('SQLite', ...byName((name) => sqliteStore(join(folder, name))));

it('goes on with an SQLite file of the first version', async () => {
  const path = join(folder, 'first-version');
  const file = new DatabaseSync(path);
  file.exec(`
    CREATE TABLE device (key INTEGER PRIMARY KEY CHECK (key = 1), record BLOB NOT NULL) STRICT;
    CREATE TABLE conversation (id TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE message (conversation TEXT NOT NULL, place REAL NOT NULL, pending INTEGER, record BLOB NOT NULL,
      PRIMARY KEY (conversation, place)) STRICT, WITHOUT ROWID;
    CREATE INDEX outbox ON message (pending) WHERE pending IS NOT NULL;
    PRAGMA user_version = 1;
  `);
  file.prepare('INSERT INTO message VALUES (?, ?, ?, ?)').run('u:bob', 1, null, packValue({ order: 1 }));
  file.close();
  const store = sqliteStore(path);
  expect((await store.open(unexpected)).values).toEqual([]);
  expect(await store.messages('u:bob', { limit: 9 })).toEqual([{ order: 1 }]);
  expect(await store.disappearing(9)).toEqual([]);
  await store.close();
});

it('goes on with an IndexedDB database of the first version', async () => {
  const name = randomUUID();
  const first = await openDB(name, 1, {
    upgrade(database) {
      database.createObjectStore('device');
      database.createObjectStore('conversations', { keyPath: 'id' });
      const messages = database.createObjectStore('messages', { keyPath: ['conversation', 'order'] });
      messages.createIndex('outbox', 'pending');
    },
  });
  await first.put('messages', { conversation: 'u:bob', order: 1 });
  first.close();
  const store = indexedDbStore(name);
  expect((await store.open(unexpected)).values).toEqual([]);
  expect(await store.messages('u:bob', { limit: 9 })).toMatchObject([{ order: 1 }]);
  expect(await store.disappearing(9)).toEqual([]);
  await store.close();
});

it('has a change on disk before it says so', async () => {
  const durabilities: unknown[] = [];
  const { transaction } = IDBDatabase.prototype;
  const indexedDb = indexedDbStore(randomUUID());
  await indexedDb.open(unexpected);
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const begun = transaction.apply(this, args);
    if (begun.mode === 'readwrite') durabilities.push(begun.durability);
    return begun;
  });
  await indexedDb.apply([{ put: 'value', record: { key: 'draft:peer/bob' } }]);
  expect(durabilities).toEqual(['strict']);
  await indexedDb.close();

  const levels: unknown[] = [];
  const { exec } = DatabaseSync.prototype;
  const sqlite = sqliteStore(join(folder, 'synced'));
  await sqlite.open(unexpected);
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === 'COMMIT') levels.push(this.prepare('PRAGMA synchronous').get()?.synchronous);
    exec.call(this, sql);
  });
  await sqlite.apply([{ put: 'value', record: { key: 'draft:peer/bob' } }]);
  // 2 is FULL: a sync with every commit, in WAL mode too.
  expect(levels).toEqual([2]);
  await sqlite.close();
});

it('refuses a second client on one SQLite file', async () => {
  const path = join(folder, 'shared');
  const [first, second] = [sqliteStore(path), sqliteStore(path)];
  await first.open(unexpected);
  await expect(second.open(unexpected)).rejects.toMatchObject({ code: 'CONFLICT' });
  await first.close();
  await second.open(unexpected);
  await second.close();
});

it('hands an IndexedDB store over to the page that opened it last', async () => {
  const name = randomUUID();
  const [first, second] = [indexedDbStore(name), indexedDbStore(name)];
  let lost = '';
  await first.open((reason) => {
    lost = reason;
  });
  await second.open(unexpected);
  await expect.poll(() => lost).toMatch('another page');
  await expect(first.apply([])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await second.apply([{ put: 'device', record: { device: 'd', lastSendId: 0 } }]);
  await second.close();
});

it('writes nothing to an IndexedDB store that another page has opened, even before it is told', async () => {
  const name = randomUUID();
  let lost = 0;
  const first = indexedDbStore(name);
  await first.open(() => {
    lost += 1;
  });
  // Another page: it takes the database, while the lock has not been missed yet.
  const other = await openDB(name);
  await other.put('owner', 99, 'owner');
  other.close();
  await expect(
    first.apply([{ put: 'device', record: { device: 'stale', lastSendId: 0 } }]),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(lost).toBe(1);
  const second = indexedDbStore(name);
  expect((await second.open(unexpected)).device).toBeUndefined();
  await second.apply([{ remove: 'everything' }, { put: 'device', record: { device: 'd', lastSendId: 0 } }]);
  expect((await second.open(unexpected)).device).toEqual({ device: 'd', lastSendId: 0 });
  await second.close();
});

it('gives an IndexedDB store up that was taken over while it opened', async () => {
  const name = randomUUID();
  const [first, second] = [indexedDbStore(name), indexedDbStore(name)];
  const opening = expect(first.open(() => {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await second.open(unexpected);
  await opening;
  await expect(first.apply([])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await second.close();
});

it.each([
  ['IndexedDB', () => indexedDbStore(randomUUID())],
  ['SQLite', () => sqliteStore(':memory:')],
])('changes nothing in %s when one change of a transaction fails', async (_name, make) => {
  const store = make();
  await store.open(unexpected);
  const cyclic: Record<string, unknown> = { call: () => {} };
  cyclic.self = cyclic;
  const broken = { put: 'conversation', record: cyclic } as never;
  const before = { device: 'd', lastSendId: 0 };
  await store.apply([{ put: 'device', record: before }]);
  await expect(
    store.apply([{ put: 'device', record: { device: 'e', lastSendId: 1 } }, broken]),
  ).rejects.toThrow();
  expect((await store.open(unexpected)).device).toEqual(before);
  await store.close();
});
