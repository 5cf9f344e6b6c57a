import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from '../open-error.ts';
import type { SqlDatabase } from '../sql/database.ts';
import { purgeRemovedApps } from '../sql/purge-app.ts';
import { createRepositories } from '../sql/repositories.ts';
import type { Store } from '../store.ts';
import { openForWriting } from './connection.ts';
import { type DataLock, lockData } from './data-lock.ts';
import { migrate } from './migrate.ts';
import { Reader } from './reader.ts';
import { createSqlDatabase } from './sql-database.ts';
import { messageOf } from './sqlite-errors.ts';
import { spawnWriterWorker, Writer } from './writer.ts';
import type { WriterSettings } from './writer-worker.ts';

export interface SqliteStoreOptions {
  /** The database file, such as `data/stoa.db`. It and its folder are made if they are missing, readable by their owner only. */
  readonly path: string;
  /** Milliseconds to wait for another program that has locked the file (a backup tool, the sqlite3 shell). Default 5,000. */
  readonly busyTimeoutMs?: number;
  /** Bytes to which the database may grow; beyond, writes are refused as on a full disk. Default: no bound. */
  readonly maxBytes?: number;
}

/**
 * Opens the embedded database: made on first use, brought up to date if it is older.
 *
 * @throws StoreOpenError when another process uses it, a newer version wrote it, or it cannot be used at all.
 * @example
 * const store = await openSqliteStore({ path: 'data/stoa.db' });
 * const app = await store.apps.create({ name: 'demo', tokenHash, now: Date.now() });
 * await store.close();
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const settings: WriterSettings = {
    path: resolve(options.path),
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    maxBytes: options.maxBytes,
  };
  try {
    const lock = prepareFiles(settings.path);
    try {
      return await openLocked(settings, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(
      'unusable',
      `The database "${settings.path}" cannot be used: ${messageOf(error)}. ` +
        'Check that it is a database of Stoa, and that this user may write it and its folder.',
      { cause: error },
    );
  }
}

/** The files that SQLite adds later take over the permissions of the database. */
function prepareFiles(path: string): DataLock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (const file of [path, `${path}-lock`]) closeSync(openSync(file, 'a', 0o600));
  return lockData(path);
}

async function openLocked(settings: WriterSettings, lock: DataLock): Promise<Store> {
  const database = openForWriting(settings.path, settings);
  try {
    migrate(database);
    endRoomLeases(database, Date.now());
  } finally {
    database.close();
  }
  const reader = new Reader(settings.path);
  const writer = new Writer(() => spawnWriterWorker(settings));
  const sql = createSqlDatabase(reader, writer);
  const store = createStore(reader, writer, sql, lock);
  try {
    await store.ping();
    await purgeRemovedApps(sql);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** No other process has the database: whoever had rooms has ended, and nobody needs to wait until his leases run out. */
function endRoomLeases(database: DatabaseSync, now: number): void {
  database.prepare('update room_leases set until = ? where until > ?').run(now, now);
}

function createStore(reader: Reader, writer: Writer, sql: SqlDatabase, lock: DataLock): Store {
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    // The last connection to close tidies up the write-ahead log, which only the writer can.
    reader.close();
    await writer.close();
    lock.release();
  }

  return {
    ...createRepositories(sql, reader, writer),
    async ping() {
      // A transaction that changes nothing: it needs the writer and its lock, but no sync.
      await writer.write([]);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
