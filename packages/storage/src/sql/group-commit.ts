import { StoreUnavailableError } from '../store.ts';

/** How batches of one kind of database are gathered and committed. */
export interface BatchRules<Batch, Reply extends BatchReply> {
  create(): Batch;
  /** A full batch takes no more operations, so that a burst of one caller does not hold up everybody else until it is written whole. */
  isFull(batch: Batch): boolean;
  /** Resolves when the batch is committed and synced. A rejection refuses all of it as unavailable. */
  commit(batch: Batch): Promise<Reply>;
}

export interface BatchReply {
  readonly failures: readonly BatchFailure[];
}

export interface BatchFailure {
  /** The operation's place in the batch. */
  readonly index: number;
  /** Whether the same operation may succeed later. */
  readonly unavailable: boolean;
  readonly message: string;
}

/** Takes the result of the operation at this place out of the reply. */
type Decode<Reply, T> = (reply: Reply, index: number) => T;

interface Group<Batch, Reply> {
  readonly batch: Batch;
  /** One for each operation, in order. */
  readonly waiters: Waiter<Reply>[];
}

interface Waiter<Reply> {
  readonly decode: Decode<Reply, unknown>;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Group commit. One batch is being committed at a time; what is asked for meanwhile gathers in the next one, which
 * goes out as soon as the answer is in. So batches grow as the disk gets slower, and nobody waits for a timer.
 */
export class GroupCommit<Batch, Reply extends BatchReply> {
  readonly #rules: BatchRules<Batch, Reply>;
  readonly #waiting: Group<Batch, Reply>[] = [];
  /** Nothing is to do; a batch goes out at the end of this turn; one is being committed. */
  #state: 'idle' | 'scheduled' | 'committing' = 'idle';
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  constructor(rules: BatchRules<Batch, Reply>) {
    this.#rules = rules;
  }

  /** `add` puts one operation into the batch, and says how its result is found in the reply. */
  submit<T>(add: (batch: Batch) => Decode<Reply, T>): Promise<T> {
    if (this.#closing !== undefined) {
      return Promise.reject(new StoreUnavailableError('The store is closed.'));
    }
    const { batch, waiters } = this.#openGroup();
    const decode = add(batch);
    return new Promise((resolve, reject) => {
      waiters.push({ decode, resolve, reject });
    });
  }

  /** Waits for what was asked for before; what is asked for afterwards is refused. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (this.#state === 'idle') resolve();
      else this.#onIdle = resolve;
    });
    return this.#closing;
  }

  /** The one that takes the next operation. */
  #openGroup(): Group<Batch, Reply> {
    const newest = this.#waiting.at(-1);
    if (newest !== undefined && !this.#rules.isFull(newest.batch)) return newest;
    const group = { batch: this.#rules.create(), waiters: [] };
    this.#waiting.push(group);
    this.#schedule();
    return group;
  }

  /**
   * Sends at the end of the event loop's turn, so that what many sockets bring in one turn shares a batch. (A microtask
   * would come after each socket: with 200 of them, batches were half as large and an append cost a sixth more.)
   */
  #schedule(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    setImmediate(() => this.#commitNext());
  }

  #commitNext(): void {
    const group = this.#waiting.shift();
    this.#state = group === undefined ? 'idle' : 'committing';
    if (group === undefined) this.#onIdle?.();
    else {
      this.#rules.commit(group.batch).then(
        (reply) => this.#committed(group, reply),
        (error: unknown) => this.#refused(group, error),
      );
    }
  }

  #committed({ waiters }: Group<Batch, Reply>, reply: Reply): void {
    const unavailable = reply.failures.find((failure) => failure.unavailable);
    if (unavailable !== undefined) this.#rejectWaiting(unavailableError(unavailable.message));
    // First the next batch: the database is busy with it while the results of this one are handed out.
    this.#commitNext();
    handOut(reply, waiters);
  }

  #refused({ waiters }: Group<Batch, Reply>, cause: unknown): void {
    const error =
      cause instanceof StoreUnavailableError
        ? cause
        : new StoreUnavailableError('The database could not be asked.', { cause });
    for (const waiter of waiters) waiter.reject(error);
    this.#rejectWaiting(error);
    this.#commitNext();
  }

  /**
   * What was asked for after a change that could not be made is refused with it: stored now, it would overtake that
   * change when its caller tries again.
   */
  #rejectWaiting(error: StoreUnavailableError): void {
    for (const { waiters } of this.#waiting.splice(0)) for (const waiter of waiters) waiter.reject(error);
  }
}

function unavailableError(reason: string): StoreUnavailableError {
  return new StoreUnavailableError(`The database is not available: ${reason}.`);
}

function handOut<Reply extends BatchReply>(reply: Reply, waiters: readonly Waiter<Reply>[]): void {
  const failures = new Map(reply.failures.map((failure) => [failure.index, failure]));
  for (const [index, waiter] of waiters.entries()) {
    const failure = failures.size === 0 ? undefined : failures.get(index);
    if (failure === undefined) waiter.resolve(waiter.decode(reply, index) as never);
    else if (failure.unavailable) waiter.reject(unavailableError(failure.message));
    else waiter.reject(new Error(`The database refused the change: ${failure.message}.`));
  }
}
