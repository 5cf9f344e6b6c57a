import type { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from '../open-error.ts';
import { migrations as allMigrations } from './migrations/index.ts';

/**
 * Brings the database to the version of this code, each step in a transaction of its own, so that an interrupted
 * upgrade goes on where it stopped. The version is SQLite's `user_version`.
 *
 * @throws StoreOpenError `newer` when the database has seen a migration that this code does not know.
 */
export function migrate(database: DatabaseSync, migrations: readonly string[] = allMigrations): void {
  const version = schemaVersion(database);
  if (version > migrations.length) {
    throw new StoreOpenError(
      'newer',
      `The database was written by a newer version of Stoa (its schema is ${version}, this version knows ` +
        `${migrations.length}). Update Stoa, or restore a copy of the data from before the update.`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    database.exec('begin immediate');
    try {
      database.exec(migration);
      database.exec(`pragma user_version = ${index + 1}`);
      database.exec('commit');
    } catch (error) {
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
  }
}

export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.user_version ?? 0);
}
