import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StoaError } from '@stoa/protocol';
import type { ConnectionOptions } from '../../transport/connection.ts';
import type { MediaEvent } from '../events.ts';
import type { FromWorker, ToWorker, WorkerCommandName } from './messages.ts';

export interface WorkerEvents {
  onEvent(event: MediaEvent): void;
  /** Once, for whatever reason it has ended. */
  onEnd(reason: string): void;
}

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const pingMs = 2000;
/** A worker that says nothing to so many hangs, and is ended. */
const mostUnanswered = 7;

const program = fileURLToPath(new URL('./worker-main.ts', import.meta.url));

/** One worker process, from its start to its end. */
export class MediaWorker {
  readonly #child: ChildProcess;
  readonly #events: WorkerEvents;
  readonly #calls = new Map<number, Call>();
  readonly #watch: NodeJS.Timeout;
  #nextId = 1;
  #unanswered = 0;
  #ended = false;

  constructor(connections: ConnectionOptions, events: WorkerEvents) {
    this.#events = events;
    this.#child = fork(program, [], { serialization: 'advanced', execArgv: [] });
    this.#child.on('message', (message: FromWorker) => this.#take(message));
    this.#child.once('exit', (code, signal) => this.#end(`it ended with ${signal ?? `code ${code}`}`));
    this.#child.once('error', (error) => this.#end(error.message));
    this.#watch = setInterval(() => this.#lookAfter(), pingMs);
    this.#watch.unref();
    this.#tell({ type: 'start', connections });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  call(name: WorkerCommandName, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(lost());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#tell({ type: 'call', id, name, args });
    });
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    // Nothing in there needs to be put in order.
    this.#child.kill('SIGKILL');
    await gone;
  }

  #lookAfter(): void {
    this.#unanswered += 1;
    if (this.#unanswered > mostUnanswered) this.#child.kill('SIGKILL');
    else this.#tell({ type: 'ping' });
  }

  #tell(message: ToWorker): void {
    // That the worker is gone is told by its exit.
    this.#child.send(message, () => {});
  }

  #take(message: FromWorker): void {
    this.#unanswered = 0;
    if (message.type === 'pong') return;
    if (message.type === 'event') {
      this.#events.onEvent(message.event);
      return;
    }
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.type === 'result') call?.resolve(message.value);
    else call?.reject(new StoaError(message.code, message.message, { hint: message.hint }));
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#watch);
    for (const call of this.#calls.values()) call.reject(lost());
    this.#calls.clear();
    this.#events.onEnd(reason);
  }
}

export function lost(): StoaError {
  return new StoaError('UNAVAILABLE', 'The media process of the room has ended.', {
    hint: 'Join the room again.',
  });
}
