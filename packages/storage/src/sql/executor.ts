import type { CompiledQuery } from 'kysely';

/**
 * All that the repositories of this folder ask of a database, so that they work on any of them: run a statement that
 * Kysely has compiled. The rows of a statement that changes something are those of its `returning` clause.
 */
export interface SqlExecutor {
  /** Sees every write that was awaited before. */
  read<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /** Runs the statements in one transaction, in order; resolves when it is committed and synced. */
  write<Queries extends readonly CompiledQuery[]>(...queries: Queries): Promise<RowsOf<Queries>>;
}

/** For each of the queries, its rows. */
export type RowsOf<Queries extends readonly CompiledQuery[]> = {
  -readonly [Index in keyof Queries]: Queries[Index] extends CompiledQuery<infer Row> ? Row[] : never;
};
