import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EpochGuard } from '../sql/executor.ts';
import type { BatchFailure } from '../sql/group-commit.ts';
import type { SqlRow, SqlStatement } from '../sql/sql-statement.ts';
import { emptyResults, encodeAppended, encodeMoves, type WriterReply } from './batch-reply.ts';
import { type BatchRequest, decodeOperation } from './batch-request.ts';
import { LogWriter } from './log-writer.ts';
import { isUnavailable, messageOf } from './sqlite-errors.ts';
import { StatementCache } from './statement-cache.ts';

/** Carries out batches: one transaction and one sync each. */
export class BatchApplier {
  readonly #database: DatabaseSync;
  readonly #log: LogWriter;
  readonly #statements: StatementCache;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#log = new LogWriter(database);
    this.#statements = new StatementCache(database);
    this.#begin = database.prepare('begin immediate');
    this.#commit = database.prepare('commit');
  }

  /**
   * When an operation fails, everything is rolled back and each is tried in a transaction of its own, so that only the
   * guilty one fails. When the database cannot take writes at all, all fail at once.
   */
  apply(request: BatchRequest): WriterReply {
    const result: Result = { numbers: emptyResults(request.count), rows: [] };
    const failure = this.#transaction(request, 0, request.count, result);
    if (failure === undefined) return { ...result, failures: [] };
    if (request.count === 1 || failure.unavailable)
      return { ...result, failures: failAll(request.count, failure) };
    return this.#applyOneByOne(request);
  }

  #applyOneByOne(request: BatchRequest): WriterReply {
    const result: Result = { numbers: emptyResults(request.count), rows: [] };
    const failures: BatchFailure[] = [];
    let unavailable: Failure | undefined;
    for (let index = 0; index < request.count; index++) {
      const failure = unavailable ?? this.#transaction(request, index, index + 1, result);
      if (failure === undefined) continue;
      failures.push({ index, ...failure });
      if (failure.unavailable) unavailable = failure;
    }
    return { ...result, failures };
  }

  #transaction(request: BatchRequest, from: number, to: number, result: Result): Failure | undefined {
    try {
      this.#begin.run();
      for (let index = from; index < to; index++) this.#run(request, index, result);
      this.#log.flush();
      this.#commit.run();
      this.#log.committed();
      return undefined;
    } catch (error) {
      this.#log.forget();
      if (this.#database.isTransaction) this.#database.exec('rollback');
      return { unavailable: isUnavailable(error), message: messageOf(error) };
    }
  }

  #run(request: BatchRequest, index: number, result: Result): void {
    const operation = decodeOperation(request, index);
    switch (operation.kind) {
      case 'append':
        encodeAppended(result.numbers, index, this.#log.append(operation.message));
        break;
      case 'advance':
        encodeMoves(result.numbers, index, this.#log.advance(operation.advance));
        break;
      case 'sql':
        // Such statements touch rows that the log writer may still hold, and the counters that it remembers.
        this.#log.flush();
        result.rows[operation.place] =
          operation.guard === undefined
            ? operation.statements.map((statement) => this.#query(statement))
            : this.#guarded(operation.guard, operation.statements);
        this.#log.forgetCounters();
    }
  }

  /** The new state of the conversation, as the only row of the last statement; nothing when the guard does not hold. */
  #guarded({ conv, epoch }: EpochGuard, statements: readonly SqlStatement[]): SqlRow[][] {
    const holds = this.#query({
      sql: 'select 1 from conversations where conv = ? and epoch = ?',
      parameters: [conv, epoch],
    });
    if (holds.length === 0) return [];
    const rows = [...statements, takePosition, raiseEpoch(conv)].map((statement) => this.#query(statement));
    this.#log.forgetConversation(conv);
    return rows;
  }

  #query({ sql, parameters }: SqlStatement): SqlRow[] {
    return this.#statements.get(sql).all(...parameters) as SqlRow[];
  }
}

const takePosition: SqlStatement = { sql: 'update log_state set position = position + 1', parameters: [] };

const raiseEpoch = (conv: number): SqlStatement => ({
  sql: `update conversations set epoch = epoch + 1, position = (select position from log_state)
    where conv = ? returning epoch, last`,
  parameters: [conv],
});

interface Result {
  readonly numbers: Float64Array<ArrayBuffer>;
  /** By the operation's place among those of kind sql. */
  readonly rows: SqlRow[][][];
}

type Failure = Omit<BatchFailure, 'index'>;

const failAll = (count: number, failure: Failure): BatchFailure[] =>
  Array.from({ length: count }, (_, index) => ({ index, ...failure }));
