import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { packValue, StoaError, unpackValue } from '@stoa/protocol';
import type { Change, LocalStore, StoreSnapshot } from './local-store.ts';
import type {
  ConversationRecord,
  DeviceRecord,
  MessageRecord,
  ProfileRecord,
  ValueRecord,
} from './records.ts';
import { storeIsClosed } from './store-errors.ts';

/**
 * A store in one SQLite file, for Node. Every commit is synced to disk. The file is locked while it is open: a
 * second client (of this or another process) is refused with CONFLICT.
 *
 * @param path of the file; made when it does not exist. ':memory:' keeps it in memory until it is closed.
 * @example
 * const client = new Client({ url, token, store: sqliteStore('./alice.db') });
 */
export function sqliteStore(path: string): LocalStore {
  let database: OpenDatabase | undefined;
  const opened = (): OpenDatabase => {
    if (database === undefined) throw storeIsClosed();
    return database;
  };
  return {
    async open() {
      database ??= openDatabase(path);
      return readSnapshot(database.statements);
    },
    async apply(changes) {
      const { connection, statements } = opened();
      connection.exec('BEGIN');
      try {
        for (const change of changes) carryOut(connection, statements, change);
        connection.exec('COMMIT');
      } catch (error) {
        connection.exec('ROLLBACK');
        throw error;
      }
    },
    async message(conversation, order) {
      return recordOf<MessageRecord>(opened().statements.message.get(conversation, order));
    },
    async messages(conversation, { from = 0, before = Number.POSITIVE_INFINITY, limit }) {
      return recordsOf(opened().statements.messages.all(conversation, from, before, limit));
    },
    async disappearing(limit) {
      return recordsOf(opened().statements.disappearing.all(limit));
    },
    async profiles(users) {
      const { profile } = opened().statements;
      return users.flatMap((user) => recordOf<ProfileRecord>(profile.get(user)) ?? []);
    },
    async close() {
      database?.connection.close();
      database = undefined;
    },
  };
}

interface OpenDatabase {
  readonly connection: DatabaseSync;
  readonly statements: ReturnType<typeof prepare>;
}

function openDatabase(path: string): OpenDatabase {
  const connection = new DatabaseSync(path);
  try {
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(connection);
    return { connection, statements: prepare(connection) };
  } catch (error) {
    connection.close();
    if (error instanceof Error && error.message.includes('locked')) {
      throw new StoaError('CONFLICT', 'The local store is in use by another client.', {
        hint: 'Give every client a store of its own.',
        cause: error,
      });
    }
    throw error;
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS device (key INTEGER PRIMARY KEY CHECK (key = 1), record BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS conversation (id TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS message (
    conversation TEXT NOT NULL,
    place REAL NOT NULL,
    pending INTEGER,
    record BLOB NOT NULL,
    PRIMARY KEY (conversation, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS outbox ON message (pending) WHERE pending IS NOT NULL;
`;
const valuesAndDisappearing = `
  CREATE TABLE value (key TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
  ALTER TABLE message ADD COLUMN disappears REAL;
  CREATE INDEX disappearing ON message (disappears) WHERE disappears IS NOT NULL;
`;
const profiles = `
  CREATE TABLE profile (user TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;
/** What each version of the file adds to the one before. */
const versions = [schema, valuesAndDisappearing, profiles];

function migrate(connection: DatabaseSync): void {
  const version = Number(connection.prepare('PRAGMA user_version').get()?.user_version);
  const steps = versions.slice(version).join('');
  if (steps === '') return;
  connection.exec(`BEGIN; ${steps} PRAGMA user_version = ${versions.length}; COMMIT;`);
}

function prepare(connection: DatabaseSync) {
  return {
    device: connection.prepare('SELECT record FROM device'),
    conversations: connection.prepare('SELECT record FROM conversation'),
    outbox: connection.prepare('SELECT record FROM message WHERE pending IS NOT NULL ORDER BY pending'),
    message: connection.prepare('SELECT record FROM message WHERE conversation = ? AND place = ?'),
    messages: connection.prepare(
      'SELECT record FROM message WHERE conversation = ? AND place >= ? AND place < ? ORDER BY place DESC LIMIT ?',
    ),
    putDevice: connection.prepare('INSERT OR REPLACE INTO device VALUES (1, ?)'),
    putConversation: connection.prepare('INSERT OR REPLACE INTO conversation VALUES (?, ?)'),
    putMessage: connection.prepare('INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)'),
    values: connection.prepare('SELECT record FROM value'),
    putValue: connection.prepare('INSERT OR REPLACE INTO value VALUES (?, ?)'),
    removeValue: connection.prepare('DELETE FROM value WHERE key = ?'),
    profile: connection.prepare('SELECT record FROM profile WHERE user = ?'),
    putProfile: connection.prepare('INSERT OR REPLACE INTO profile VALUES (?, ?)'),
    disappearing: connection.prepare(
      'SELECT record FROM message WHERE disappears IS NOT NULL ORDER BY disappears LIMIT ?',
    ),
    removeMessages: connection.prepare(
      'DELETE FROM message WHERE conversation = ? AND place >= ? AND place < ?',
    ),
  } satisfies Record<string, StatementSync>;
}

function readSnapshot(statements: OpenDatabase['statements']): StoreSnapshot {
  return {
    device: recordOf<DeviceRecord>(statements.device.get()),
    conversations: recordsOf<ConversationRecord>(statements.conversations.all()),
    outbox: recordsOf<MessageRecord>(statements.outbox.all()),
    values: recordsOf<ValueRecord>(statements.values.all()),
  };
}

function carryOut(connection: DatabaseSync, statements: OpenDatabase['statements'], change: Change): void {
  if ('remove' in change) {
    if (change.remove === 'everything') {
      connection.exec(
        'DELETE FROM device; DELETE FROM conversation; DELETE FROM message; DELETE FROM value; DELETE FROM profile;',
      );
    } else if (change.remove === 'value') statements.removeValue.run(change.key);
    else statements.removeMessages.run(change.conversation, change.from, change.before);
    return;
  }
  const bytes = packValue(change.record);
  if (change.put === 'device') statements.putDevice.run(bytes);
  else if (change.put === 'conversation') statements.putConversation.run(change.record.id, bytes);
  else if (change.put === 'value') statements.putValue.run(change.record.key, bytes);
  else if (change.put === 'profile') statements.putProfile.run(change.record.user, bytes);
  else {
    const { conversation, order, pending, disappearsAt } = change.record;
    statements.putMessage.run(conversation, order, pending ?? null, bytes, disappearsAt ?? null);
  }
}

function recordOf<T>(row: Record<string, unknown> | undefined): T | undefined {
  return row?.record instanceof Uint8Array ? (unpackValue(row.record) as T) : undefined;
}

function recordsOf<T>(rows: readonly Record<string, unknown>[]): T[] {
  return rows.map((row) => unpackValue(row.record as Uint8Array) as T);
}
