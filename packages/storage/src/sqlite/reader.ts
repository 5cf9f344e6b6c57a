import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { StoreUnavailableError } from '../store.ts';
import { openForReading } from './connection.ts';
import { toStoreError } from './sqlite-errors.ts';
import { StatementCache } from './statement-cache.ts';

/** Reads on the calling thread, beside the writer. Only for short indexed reads: they hold up everything else. */
export class Reader {
  readonly #database: DatabaseSync;
  readonly #statements: StatementCache;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #closed = false;

  constructor(path: string) {
    this.#database = openForReading(path);
    this.#statements = new StatementCache(this.#database);
    this.#begin = this.#database.prepare('begin');
    this.#commit = this.#database.prepare('commit');
  }

  /** All rows. The caller names the type of the rows, which is that of the columns that the statement selects. */
  all<Row>(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.#guard(() => this.#statements.get(sql).all(...parameters) as Row[]);
  }

  /** The first row. */
  get<Row>(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#statements.get(sql).get(...parameters) as Row | undefined);
  }

  /** Everything that `read` reads is of one moment. */
  snapshot<T>(read: () => T): T {
    this.#guard(() => this.#begin.run());
    try {
      return read();
    } finally {
      this.#guard(() => this.#commit.run());
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #guard<T>(run: () => T): T {
    if (this.#closed) throw new StoreUnavailableError('The store is closed.');
    try {
      return run();
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
