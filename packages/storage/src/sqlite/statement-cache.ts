import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Statements kept at most; the code has fewer different ones. */
const limit = 256;

/** Prepares each statement once; with `tuples`, its rows are lists instead of objects. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  readonly #tuples: boolean;

  constructor(database: DatabaseSync, { tuples = false } = {}) {
    this.#database = database;
    this.#tuples = tuples;
  }

  get(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= limit) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    if (this.#tuples) statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}
