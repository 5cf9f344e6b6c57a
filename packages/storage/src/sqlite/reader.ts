import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LogReader } from '../sql/executor.ts';
import { StoreUnavailableError } from '../store.ts';
import { openForReading } from './connection.ts';
import { toStoreError } from './sqlite-errors.ts';
import { StatementCache } from './statement-cache.ts';

/** Reads on the calling thread, beside the writer. Only for short indexed reads: they hold up everything else. */
export class Reader implements LogReader {
  readonly #database: DatabaseSync;
  readonly #statements: StatementCache;
  #closed = false;

  constructor(path: string) {
    this.#database = openForReading(path);
    this.#statements = new StatementCache(this.#database);
  }

  async all<Row>(sql: string, ...parameters: SQLInputValue[]): Promise<Row[]> {
    if (this.#closed) throw new StoreUnavailableError('The store is closed.');
    try {
      return this.#statements.get(sql).all(...parameters) as Row[];
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
