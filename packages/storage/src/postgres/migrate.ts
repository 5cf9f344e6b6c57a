import { StoreOpenError } from '../open-error.ts';
import type { Connection } from './connections.ts';
import { migrations as allMigrations } from './migrations/index.ts';

/** Of advisory locks: that of Stoa, and the one of them under which the schema changes. */
const migrationLock = '1400139617, 1';

/**
 * Brings the database to the version of this code, each step in a transaction of its own. Nodes that start at once do
 * it one after the other, and only the first finds something to do. Nobody's patience ends it: a step on large tables
 * may take long, and the others need its result.
 *
 * @throws StoreOpenError `newer` when the database has seen a migration that this code does not know.
 */
export async function migrate(
  connection: Connection,
  migrations: readonly string[] = allMigrations,
): Promise<void> {
  while (await migrateOneStep(connection, migrations));
}

/** False when nothing was to do. */
async function migrateOneStep(connection: Connection, migrations: readonly string[]): Promise<boolean> {
  try {
    await connection.run(`
      begin;
      set local lock_timeout = 0;
      set local statement_timeout = 0;
      select pg_advisory_xact_lock(${migrationLock});
      create table if not exists schema_version (version bigint not null)`);
    const [row] = await connection.numbers('select max(version) from schema_version');
    const version = row?.[0] ?? 0;
    if (version > migrations.length) throw newer(version, migrations.length);
    const migration = migrations[version];
    if (migration !== undefined) {
      await connection.run(`${migration}; insert into schema_version values (${version + 1})`);
    }
    await connection.run('commit');
    return migration !== undefined;
  } catch (error) {
    await connection.run('rollback').catch(() => {});
    throw error;
  }
}

function newer(version: number, known: number): StoreOpenError {
  return new StoreOpenError(
    'newer',
    `The database was written by a newer version of Stoa (its schema is ${version}, this version knows ${known}). ` +
      'Update Stoa, or restore a copy of the data from before the update.',
  );
}
