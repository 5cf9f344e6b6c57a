/**
 * Preloaded into a node (`node --import`): keeps a copy of the database as it is on disk for certain, so that a test
 * can take away everything else, as a loss of power may. What is synced is told by the connections themselves, at each
 * commit anew (`pragma synchronous`), and by what SQLite guarantees for it in WAL mode: FULL syncs the log at every
 * commit; NORMAL and FULL sync log and database at a checkpoint. The copy is made before the commit returns, so before
 * anybody can be told of it.
 *
 * `STOA_SYNCED_COPY` names the folder of the copy; with `STOA_SYNC_MUTANT=normal` the connections are opened with
 * `synchronous = normal`: they commit without a sync.
 * @module
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const folder = process.env.STOA_SYNCED_COPY ?? '';
const isMutant = process.env.STOA_SYNC_MUTANT === 'normal';
const { prepare, exec, close } = DatabaseSync.prototype;

DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...args) {
  const statement = prepare.apply(this, args);
  if (args[0].trim().toLowerCase() === 'commit') afterRun(statement, () => committed(this));
  return statement;
};

DatabaseSync.prototype.exec = function (this: DatabaseSync, sql) {
  const text = isMutant ? sql.replace(/synchronous = full/i, 'synchronous = normal') : sql;
  exec.call(this, text);
  if (/wal_checkpoint/i.test(sql)) checkpointed(this);
  else if (!this.isTransaction) committed(this);
};

/** The last connection that closes makes a checkpoint. */
DatabaseSync.prototype.close = function (this: DatabaseSync) {
  const [path, level] = [this.location(), levelOf(this)];
  close.call(this);
  if (path !== null && level >= 1) keep(path);
};

function afterRun(statement: StatementSync, then: () => void): void {
  const run = statement.run.bind(statement);
  statement.run = ((...parameters: never[]) => {
    const result = run(...parameters);
    then();
    return result;
  }) as StatementSync['run'];
}

function committed(database: DatabaseSync): void {
  const path = database.location();
  if (path !== null && levelOf(database) >= 2) keepFile(`${path}-wal`);
}

function checkpointed(database: DatabaseSync): void {
  const path = database.location();
  if (path !== null && levelOf(database) >= 1) keep(path);
}

/** The database first: the log that is kept already holds everything that the older one lacks. */
function keep(path: string): void {
  keepFile(path);
  keepFile(`${path}-wal`);
}

/** In one step: the process may be killed at any moment. */
function keepFile(path: string): void {
  mkdirSync(folder, { recursive: true });
  const copy = join(folder, basename(path));
  if (existsSync(path)) {
    copyFileSync(path, `${copy}.new`);
    renameSync(`${copy}.new`, copy);
  } else rmSync(copy, { force: true });
}

/** 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA. */
function levelOf(database: DatabaseSync): number {
  return Number(prepare.call(database, 'pragma synchronous').get()?.synchronous);
}
