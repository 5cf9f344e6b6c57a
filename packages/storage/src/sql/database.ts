import type { CompiledQuery, Expression, Kysely, SqlBool } from 'kysely';
import type { RowsOf, SqlExecutor } from './executor.ts';
import type { Tables } from './tables.ts';

/** One kind of database, as the repositories see it. */
export interface SqlDatabase extends SqlExecutor {
  /** Builds statements in this database's dialect; it cannot run them. */
  readonly query: Kysely<Tables>;
  /** Whether the user's address matches the pattern, in which `*` stands for any text. Case matters. */
  addressMatches(pattern: string): Expression<SqlBool>;
  /**
   * The same as `write`, but of such transactions for one user each sees what the one before it has committed: what one of
   * them counts, the others do not change meanwhile.
   */
  writeForUser<Queries extends readonly CompiledQuery[]>(
    uid: number,
    ...queries: Queries
  ): Promise<RowsOf<Queries>>;
  /** The same as `write`, but of all such transactions, on all nodes, each sees what the one before it has committed. */
  writeInTurn<Queries extends readonly CompiledQuery[]>(...queries: Queries): Promise<RowsOf<Queries>>;
}
