import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LogReader } from '../sql/executor.ts';
import { StoreUnavailableError } from '../store.ts';
import { openForReading } from './connection.ts';
import { toStoreError } from './sqlite-errors.ts';
import { StatementCache } from './statement-cache.ts';

/** Reads on the calling thread, beside the writer. Only for short indexed reads: they hold up everything else. */
export class Reader implements LogReader {
  readonly isLocal = true;
  readonly #database: DatabaseSync;
  readonly #statements: StatementCache;
  readonly #tupleStatements: StatementCache;
  #closed = false;

  constructor(path: string) {
    this.#database = openForReading(path);
    this.#statements = new StatementCache(this.#database);
    this.#tupleStatements = new StatementCache(this.#database, { tuples: true });
  }

  async all<Row>(sql: string, ...parameters: SQLInputValue[]): Promise<Row[]> {
    return this.#read(this.#statements, sql, parameters) as Row[];
  }

  async tuples<Row extends readonly unknown[]>(sql: string, ...parameters: SQLInputValue[]): Promise<Row[]> {
    // The types of Node know rows as objects only.
    const rows: unknown[] = this.#read(this.#tupleStatements, sql, parameters);
    return rows as Row[];
  }

  #read(statements: StatementCache, sql: string, parameters: readonly SQLInputValue[]): unknown[] {
    if (this.#closed) throw new StoreUnavailableError('The store is closed.');
    try {
      return statements.get(sql).all(...parameters);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }
}
