import { Worker } from 'node:worker_threads';
import type { EpochGuard, LogCommitter } from '../sql/executor.ts';
import { GroupCommit } from '../sql/group-commit.ts';
import type { SqlRow, SqlStatement } from '../sql/sql-statement.ts';
import {
  type Appended,
  type CursorAdvance,
  type CursorMoves,
  type NewMessage,
  StoreUnavailableError,
} from '../store.ts';
import { decodeAppended, decodeMoves, type WriterReply } from './batch-reply.ts';
import { BatchEncoder } from './batch-request.ts';
import type { WriterCommand, WriterSettings } from './writer-worker.ts';

const operationsPerBatch = 2048;
const contentBytesPerBatch = 8 * 1024 * 1024;

export function spawnWriterWorker(settings: WriterSettings): Worker {
  return new Worker(new URL('./writer-worker.ts', import.meta.url), {
    workerData: settings,
    name: 'stoa-store-writer',
    // What it makes lives for one batch; more room would only be more memory.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
}

const appendedIn = ({ numbers }: WriterReply, index: number): Appended => decodeAppended(numbers, index);
const movesIn = ({ numbers }: WriterReply, index: number): CursorMoves => decodeMoves(numbers, index);

interface UnderWay {
  resolve(reply: WriterReply): void;
  reject(error: Error): void;
}

/** Group commit by a thread that writes. */
export class Writer implements LogCommitter {
  readonly #spawn: () => Worker;
  readonly #commits: GroupCommit<BatchEncoder, WriterReply>;
  #worker: Worker | undefined;
  #underWay: UnderWay | undefined;
  #closing: Promise<void> | undefined;

  /** `spawn` is called now, and again when there is something to write after the worker has died. */
  constructor(spawn: () => Worker) {
    this.#spawn = spawn;
    this.#worker = this.#start();
    this.#commits = new GroupCommit({
      create: () => new BatchEncoder(),
      isFull: ({ count, contentBytes }) =>
        count >= operationsPerBatch || contentBytes >= contentBytesPerBatch,
      commit: (encoder) => this.#commit(encoder),
    });
  }

  append(message: NewMessage): Promise<Appended> {
    return this.#commits.submit((encoder) => {
      encoder.append(message);
      return appendedIn;
    });
  }

  advance(advance: CursorAdvance): Promise<CursorMoves> {
    return this.#commits.submit((encoder) => {
      encoder.advance(advance);
      return movesIn;
    });
  }

  /** Runs the statements in one transaction; resolves to the rows of each. */
  write(statements: SqlStatement[]): Promise<SqlRow[][]> {
    return this.#commits.submit((encoder) => {
      const place = encoder.sql(statements);
      return (reply) => reply.rows[place] ?? [];
    });
  }

  change(
    guard: EpochGuard,
    statements: SqlStatement[],
  ): Promise<{ epoch: number; last: number } | undefined> {
    return this.#commits.submit((encoder) => {
      const place = encoder.sql(statements, guard);
      return (reply) => {
        const row = reply.rows[place]?.at(-1)?.[0];
        return row && { epoch: Number(row.epoch), last: Number(row.last) };
      };
    });
  }

  /** Waits for what was asked for before; what is asked for afterwards is refused. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#commits.close().then(() => this.#endWorker());
    return this.#closing;
  }

  async #endWorker(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise((resolve) => {
      worker.once('exit', resolve);
      this.#post(worker, { type: 'close' });
    });
  }

  #commit(encoder: BatchEncoder): Promise<WriterReply> {
    return new Promise((resolve, reject) => {
      this.#worker ??= this.#start();
      this.#underWay = { resolve, reject };
      const { request, transfer } = encoder.finish();
      this.#post(this.#worker, { type: 'batch', request }, transfer);
    });
  }

  #post(worker: Worker, command: WriterCommand, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(command, transfer);
  }

  #start(): Worker {
    const worker = this.#spawn();
    let cause: unknown;
    worker.on('message', (reply: WriterReply) => this.#underWay?.resolve(reply));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.once('exit', () => {
      this.#worker = undefined;
      // Of a batch that was answered before, this is without effect.
      this.#underWay?.reject(
        new StoreUnavailableError('The thread that writes the database has ended.', { cause }),
      );
    });
    return worker;
  }
}
