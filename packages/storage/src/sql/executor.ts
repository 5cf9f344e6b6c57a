import type { CompiledQuery } from 'kysely';
import type { Appended, CursorAdvance, CursorMoves, NewMessage } from '../store.ts';
import type { SqlRow, SqlStatement, SqlValue } from './sql-statement.ts';

/**
 * All that the repositories of this folder ask of a database, so that they work on any of them: run a statement that
 * Kysely has compiled. The rows of a statement that changes something are those of its `returning` clause.
 */
export interface SqlExecutor {
  /** Sees every write that was awaited before. */
  read<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /** Runs the statements in one transaction, in order; resolves when it is committed and synced. */
  write<Queries extends readonly CompiledQuery[]>(...queries: Queries): Promise<RowsOf<Queries>>;
  /**
   * Like `write`, under a new position, which the statements find in `log_state`: nothing that commits later has it or
   * a smaller one. Resolves to it.
   */
  writeAtNewPosition(...queries: readonly CompiledQuery[]): Promise<number>;
}

/** For each of the queries, its rows. */
export type RowsOf<Queries extends readonly CompiledQuery[]> = {
  -readonly [Index in keyof Queries]: Queries[Index] extends CompiledQuery<infer Row> ? Row[] : never;
};

/**
 * Reads that are written by hand, with `?` for each parameter: those of the message log, of which there are so many
 * that building them anew each time would cost more than they do.
 */
export interface LogReader {
  /** Whether a statement is no round trip: then a small one that spares a large one most of the time is worth it. */
  readonly isLocal: boolean;
  /** All rows, of one moment. The caller names their type, which is that of the columns that the statement selects. */
  all<Row>(sql: string, ...parameters: SqlValue[]): Promise<Row[]>;
  /** The same, with each row a list in the order of its columns: half the cost where there are many. */
  tuples<Row extends readonly unknown[]>(sql: string, ...parameters: SqlValue[]): Promise<Row[]>;
}

/** The conversation of a group, as somebody has read it. */
export interface EpochGuard {
  readonly conv: number;
  readonly epoch: number;
}

/** What changes the message log. */
export interface LogCommitter {
  append(message: NewMessage): Promise<Appended>;
  advance(advance: CursorAdvance): Promise<CursorMoves>;
  /** Runs the statements in one transaction, all on what it found at its beginning; resolves to the rows of each. */
  write(statements: SqlStatement[]): Promise<SqlRow[][]>;
  /**
   * Runs the statements in one transaction between two appends to the conversation, under a new position, and raises its
   * epoch. Undefined, and nothing is run, when the epoch is not the one that is named. Resolves to the new epoch, and to
   * the place after which it counts.
   */
  change(guard: EpochGuard, statements: SqlStatement[]): Promise<{ epoch: number; last: number } | undefined>;
}
