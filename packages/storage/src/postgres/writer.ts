import type { EpochGuard, LogCommitter } from '../sql/executor.ts';
import { type BatchFailure, type BatchReply, GroupCommit } from '../sql/group-commit.ts';
import type { SqlRow, SqlStatement } from '../sql/sql-statement.ts';
import {
  type Appended,
  type CursorAdvance,
  type CursorMoves,
  type NewMessage,
  StoreUnavailableError,
} from '../store.ts';
import { BatchApplier } from './batch-applier.ts';
import type { Connections } from './connections.ts';
import { LogBatch, type Operation, type Outcome } from './log-batch.ts';
import { removeOldPositions } from './log-statements.ts';
import { messageOf } from './postgres-errors.ts';
import { QuestionMarks } from './question-marks.ts';
import { changeConversation, writeStatements } from './write-statements.ts';

const operationsPerBatch = 2048;
const contentBytesPerBatch = 8 * 1024 * 1024;
/** Batches after which old positions are removed. */
const batchesPerTidying = 1000;

interface LogReply extends BatchReply {
  readonly outcomes: readonly Outcome[];
}

/** Group commit by a connection that does nothing else; other writes share those of the reads. */
export class Writer implements LogCommitter {
  readonly #batches: Connections;
  readonly #others: Connections;
  readonly #applier = new BatchApplier();
  readonly #marks = new QuestionMarks();
  readonly #commits: GroupCommit<LogBatch, LogReply>;
  #count = 0;

  constructor(connections: { batches: Connections; others: Connections }) {
    this.#batches = connections.batches;
    this.#others = connections.others;
    this.#commits = new GroupCommit({
      create: () => new LogBatch(),
      isFull: ({ operations, contentBytes }) =>
        operations.length >= operationsPerBatch || contentBytes >= contentBytesPerBatch,
      commit: ({ operations }) => this.#commit(operations),
    });
  }

  append(message: NewMessage): Promise<Appended> {
    return this.#commits.submit((batch) => {
      batch.append(message);
      return ({ outcomes }, index) => expectOutcome(outcomes[index], 'appended').appended;
    });
  }

  advance(advance: CursorAdvance): Promise<CursorMoves> {
    return this.#commits.submit((batch) => {
      batch.advance(advance);
      return ({ outcomes }, index) => expectOutcome(outcomes[index], 'moved').moves;
    });
  }

  write(statements: SqlStatement[]): Promise<SqlRow[][]> {
    return writeStatements(this.#others, this.#translated(statements));
  }

  change(
    guard: EpochGuard,
    statements: SqlStatement[],
  ): Promise<{ epoch: number; last: number } | undefined> {
    return changeConversation(this.#others, guard, this.#translated(statements));
  }

  /** Waits for the appends and advances that were asked for before; what is asked for afterwards is refused. */
  close(): Promise<void> {
    return this.#commits.close();
  }

  #translated(statements: SqlStatement[]): SqlStatement[] {
    return statements.map(({ sql, parameters }) => ({ sql: this.#marks.translate(sql), parameters }));
  }

  async #commit(operations: readonly Operation[]): Promise<LogReply> {
    const outcomes = await this.#apply(operations);
    this.#count += 1;
    if (this.#count % batchesPerTidying === 0) void this.#removeOldPositions();
    return { outcomes, failures: failuresOf(outcomes) };
  }

  /** Nobody waits for this, and what is missed is done the next time. */
  async #removeOldPositions(): Promise<void> {
    await this.#others.use((connection) => connection.run(removeOldPositions)).catch(() => {});
  }

  /**
   * When the database refuses a batch for what is in it, each operation is tried in a transaction of its own, so that
   * only the guilty one fails.
   */
  async #apply(operations: readonly Operation[]): Promise<Outcome[]> {
    try {
      return await this.#batches.use((connection) => this.#applier.apply(connection, operations));
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      if (operations.length === 1) return [{ kind: 'failed', message: messageOf(error) }];
    }
    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(...(await this.#apply([operation])));
    return outcomes;
  }
}

function failuresOf(outcomes: readonly Outcome[]): BatchFailure[] {
  return outcomes.flatMap((outcome, index) =>
    outcome.kind === 'failed' ? [{ index, unavailable: false, message: outcome.message }] : [],
  );
}

function expectOutcome<Kind extends Outcome['kind']>(
  outcome: Outcome | undefined,
  kind: Kind,
): Extract<Outcome, { kind: Kind }> {
  if (outcome?.kind !== kind) throw new Error(`An operation that should have ${kind} has ${outcome?.kind}.`);
  return outcome as Extract<Outcome, { kind: Kind }>;
}
