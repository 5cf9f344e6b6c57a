import type { ConnectionOptions } from '../../transport/connection.ts';
import type { MediaEvent } from '../events.ts';
import { MediaWorker } from './media-worker.ts';

export interface SupervisorEvents {
  onEvent(event: MediaEvent): void;
  /** A process has ended, and with it what was in it. Another starts after so many milliseconds. */
  onLost(worker: MediaWorker, reason: string, restartInMs: number): void;
}

const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** Whoever has lived for so long begins anew with short delays. */
const soundMs = 30_000;

/** A worker that is started again whenever it ends, ever later when it ends at once. */
export class SupervisedWorker {
  readonly #connections: ConnectionOptions;
  readonly #events: SupervisorEvents;
  #worker: MediaWorker | undefined;
  #startedAt = 0;
  #delayMs = firstDelayMs;
  #restart: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(connections: ConnectionOptions, events: SupervisorEvents) {
    this.#connections = connections;
    this.#events = events;
    this.#start();
  }

  /** The process that runs now, if one does. */
  get worker(): MediaWorker | undefined {
    return this.#worker;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#restart);
    await this.#worker?.stop();
  }

  #start(): void {
    this.#startedAt = Date.now();
    const worker = new MediaWorker(this.#connections, {
      onEvent: (event) => this.#events.onEvent(event),
      onEnd: (reason) => this.#onEnd(worker, reason),
    });
    this.#worker = worker;
  }

  #onEnd(worker: MediaWorker, reason: string): void {
    this.#worker = undefined;
    if (this.#stopped) return;
    if (Date.now() - this.#startedAt > soundMs) this.#delayMs = firstDelayMs;
    const delay = this.#delayMs;
    this.#delayMs = Math.min(longestDelayMs, 2 * delay);
    this.#restart = setTimeout(() => this.#start(), delay);
    this.#restart.unref();
    this.#events.onLost(worker, reason, delay);
  }
}
