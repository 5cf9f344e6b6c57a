import { Worker } from 'node:worker_threads';
import {
  type Appended,
  type CursorAdvance,
  type CursorMoves,
  type NewMessage,
  StoreUnavailableError,
} from '../store.ts';
import { type BatchReply, decodeAppended, decodeMoves } from './batch-reply.ts';
import { BatchEncoder } from './batch-request.ts';
import type { SqlRow, SqlStatement } from './sql-statement.ts';
import type { WriterCommand, WriterSettings } from './writer-worker.ts';

/** Bounds of one batch, so that a burst of one caller does not hold up everybody else until it is written whole. */
const operationsPerBatch = 2048;
const contentBytesPerBatch = 8 * 1024 * 1024;

interface Batch {
  readonly encoder: BatchEncoder;
  /** One for each operation, in order. */
  readonly waiters: Waiter[];
}

interface Waiter {
  resolve(reply: BatchReply, index: number): void;
  reject(error: Error): void;
}

type Decode<T> = (reply: BatchReply, index: number) => T;

export function spawnWriterWorker(settings: WriterSettings): Worker {
  return new Worker(new URL('./writer-worker.ts', import.meta.url), {
    workerData: settings,
    name: 'stoa-store-writer',
  });
}

/**
 * Group commit. One batch is with the worker at a time; what is asked for meanwhile gathers in the next one, which
 * goes out as soon as the answer is in. So batches grow as the disk gets slower, and nobody waits for a timer.
 */
export class Writer {
  readonly #spawn: () => Worker;
  #worker: Worker | undefined;
  #underWay: Batch | undefined;
  readonly #waiting: Batch[] = [];
  #scheduled = false;
  #closing: Promise<void> | undefined;

  /** `spawn` is called now, and again when there is something to write after the worker has died. */
  constructor(spawn: () => Worker) {
    this.#spawn = spawn;
    this.#worker = this.#start();
  }

  append(message: NewMessage): Promise<Appended> {
    return this.#submit((encoder) => {
      encoder.append(message);
      return (reply, index) => decodeAppended(reply.numbers, index);
    });
  }

  advance(advance: CursorAdvance): Promise<CursorMoves> {
    return this.#submit((encoder) => {
      encoder.advance(advance);
      return (reply, index) => decodeMoves(reply.numbers, index);
    });
  }

  /** Runs the statements in one transaction; resolves to the rows of each. */
  write(statements: SqlStatement[]): Promise<SqlRow[][]> {
    return this.#submit((encoder) => {
      const place = encoder.sql(statements);
      return (reply) => reply.rows[place] ?? [];
    });
  }

  /** Waits for what was asked for before; what is asked for afterwards is refused. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#finish(this.write([]));
    return this.#closing;
  }

  async #finish(everythingBefore: Promise<unknown>): Promise<void> {
    await everythingBefore.catch(() => undefined);
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise((resolve) => {
      worker.once('exit', resolve);
      this.#post(worker, { type: 'close' });
    });
  }

  #submit<T>(encode: (encoder: BatchEncoder) => Decode<T>): Promise<T> {
    if (this.#closing !== undefined) {
      return Promise.reject(new StoreUnavailableError('The store is closed.'));
    }
    const { encoder, waiters } = this.#openBatch();
    const decode = encode(encoder);
    return new Promise((resolve, reject) => {
      waiters.push({ resolve: (reply, index) => resolve(decode(reply, index)), reject });
    });
  }

  /** The batch that takes the next operation. */
  #openBatch(): Batch {
    const newest = this.#waiting.at(-1);
    if (newest !== undefined && !isFull(newest)) return newest;
    const batch: Batch = { encoder: new BatchEncoder(), waiters: [] };
    this.#waiting.push(batch);
    this.#schedule();
    return batch;
  }

  /**
   * Sends at the end of the event loop's turn, so that what many sockets bring in one turn shares a batch. (A microtask
   * would come after each socket: with 200 of them, batches were half as large and an append cost a sixth more.)
   */
  #schedule(): void {
    if (this.#scheduled || this.#underWay !== undefined) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sendNext();
    });
  }

  #sendNext(): void {
    const batch = this.#waiting.shift();
    this.#underWay = batch;
    if (batch === undefined) return;
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      this.#died(error);
      return;
    }
    const { request, transfer } = batch.encoder.finish();
    this.#post(this.#worker, { type: 'batch', request }, transfer);
  }

  #post(worker: Worker, command: WriterCommand, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(command, transfer);
  }

  #start(): Worker {
    const worker = this.#spawn();
    let cause: unknown;
    worker.on('message', (reply: BatchReply) => this.#answered(reply));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.once('exit', () => this.#died(cause));
    return worker;
  }

  #answered(reply: BatchReply): void {
    const batch = this.#underWay;
    const unavailable = reply.failures.find((failure) => failure.unavailable);
    if (unavailable !== undefined) this.#rejectWaiting(unavailableError(unavailable.message));
    // First the next batch: the worker is busy with it while the results of this one are handed out.
    this.#sendNext();
    if (batch !== undefined) handOut(reply, batch.waiters);
  }

  #died(cause: unknown): void {
    this.#worker = undefined;
    const batch = this.#underWay;
    this.#underWay = undefined;
    const error = new StoreUnavailableError('The thread that writes the database has ended.', { cause });
    for (const waiter of batch?.waiters ?? []) waiter.reject(error);
    this.#rejectWaiting(error);
  }

  /**
   * What was asked for after a change that could not be made is refused with it: stored now, it would overtake that
   * change when its caller tries again.
   */
  #rejectWaiting(error: StoreUnavailableError): void {
    for (const { waiters } of this.#waiting.splice(0)) for (const waiter of waiters) waiter.reject(error);
  }
}

const isFull = ({ encoder }: Batch): boolean =>
  encoder.count >= operationsPerBatch || encoder.contentBytes >= contentBytesPerBatch;

function unavailableError(reason: string): StoreUnavailableError {
  return new StoreUnavailableError(`The database is not available: ${reason}.`);
}

function handOut(reply: BatchReply, waiters: readonly Waiter[]): void {
  const failures = new Map(reply.failures.map((failure) => [failure.index, failure]));
  for (const [index, waiter] of waiters.entries()) {
    const failure = failures.get(index);
    if (failure === undefined) waiter.resolve(reply, index);
    else if (failure.unavailable) {
      waiter.reject(unavailableError(failure.message));
    } else waiter.reject(new Error(`The database refused the change: ${failure.message}.`));
  }
}
