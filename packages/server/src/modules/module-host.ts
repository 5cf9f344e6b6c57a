import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { FromModule, Hook, LoadedModule, ToModule } from './worker-messages.ts';

export interface ModuleHostOptions {
  /** Absolute path of its file. */
  readonly path: string;
  /** Milliseconds in which the module must answer. */
  readonly timeoutMs: number;
  readonly megabytes: number;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Sends a message that the module wants to send; the input is not checked. */
  readonly send: (message: unknown) => Promise<{ readonly mid: number }>;
}

/** The module threw, did not answer in time, or is not there. */
export class ModuleFailure extends Error {
  override readonly name = 'ModuleFailure';
}

interface Call {
  readonly since: number;
  resolve(result: unknown): void;
  reject(error: ModuleFailure): void;
}

/**
 * One module in a thread of its own. Whatever the module does (throws, never answers, blocks its thread, takes all its
 * memory, ends) costs the caller a ModuleFailure and nothing else; a thread that ended or blocks is replaced, later and
 * later.
 */
export class ModuleHost {
  readonly #options: ModuleHostOptions;
  readonly #name: string;
  readonly #calls = new Map<number, Call>();
  #worker: Worker | undefined;
  #loaded: LoadedModule = { name: undefined, onFailure: 'pass', hooks: [] };
  #lastId = 0;
  /** What was told and, as far as is known, not heard yet; and what of it was told before the ping that is under way. */
  #told = 0;
  #ping: { readonly at: number; readonly told: number } | undefined;
  /** When the thread was last known to be alive, and when the last one was started. */
  #heardAt = 0;
  /** It has said nothing for too long, but what it said may be on its way still: as after the machine was paused. */
  #isSuspected = false;
  #failures = 0;
  #restartAt = 0;
  #closed = false;

  constructor(options: ModuleHostOptions) {
    this.#options = options;
    this.#name = basename(options.path);
  }

  get module(): LoadedModule {
    return this.#loaded;
  }

  get name(): string {
    return this.#loaded.name ?? this.#name;
  }

  /** Rejects when the file cannot be loaded. */
  async start(): Promise<void> {
    await this.#spawn();
  }

  /** Rejects with a ModuleFailure. */
  call(hook: Hook, argument: unknown): Promise<unknown> {
    if (this.#worker === undefined) return Promise.reject(this.#failure('is not there'));
    if (this.#calls.size >= mostCalls) return Promise.reject(this.#failure('does not keep up'));
    this.#lastId += 1;
    const id = this.#lastId;
    const since = this.#options.clock.now();
    if (this.#calls.size === 0) this.#heardAt = since;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { since, resolve, reject });
      this.#say({ type: 'call', id, hook, argument });
    });
  }

  /** Tells the module something of which nobody waits for the result. A module that does not keep up is not told. */
  tell(hook: Hook, argument: unknown): void {
    if (this.#worker === undefined || this.#calls.size + this.#told >= mostCalls) return;
    this.#told += 1;
    this.#say({ type: 'call', id: null, hook, argument });
  }

  /** About once a second: gives up what takes too long, and replaces a thread that ended or blocks. */
  tick(): void {
    const { clock, timeoutMs } = this.#options;
    const now = clock.now();
    if (this.#isSuspected) {
      this.#worker?.terminate();
      return;
    }
    for (const [id, call] of this.#calls) {
      if (now - call.since < timeoutMs) break;
      this.#calls.delete(id);
      call.reject(this.#failure(`has not answered in ${timeoutMs} ms`));
      // A thread that answers nothing at all blocks, and would for ever.
      if (now - this.#heardAt >= timeoutMs) this.#isSuspected = true;
    }
    // The same of one that is only told.
    if (this.#ping !== undefined && now - this.#ping.at >= longestSilenceMs) this.#isSuspected = true;
    const isAsked = this.#isSuspected || this.#calls.size + this.#told > 0;
    if (isAsked && this.#ping === undefined) {
      this.#ping = { at: now, told: this.#told };
      this.#say({ type: 'ping' });
    }
    if (this.#worker !== undefined || this.#closed || now < this.#restartAt) return;
    // Not twice at once, however long it takes.
    this.#restartAt = Number.POSITIVE_INFINITY;
    this.#spawn().catch((error: unknown) => this.#warn(error));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #spawn(): Promise<void> {
    const { path, megabytes, env, clock } = this.#options;
    const worker = new Worker(new URL('./module-worker.ts', import.meta.url), {
      workerData: { url: pathToFileURL(path).href },
      name: `stoa-module ${this.#name}`,
      env: { ...env },
      resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: 16 },
    });
    const startedAt = clock.now();
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromModule) => {
        if (message.type === 'ready') {
          this.#loaded = message.module;
          this.#worker = worker;
          resolve();
        } else if (message.type === 'unloadable') {
          reject(new Error(`The module ${path} cannot be loaded: ${message.error}`));
          worker.terminate();
        } else {
          this.#take(message);
        }
      });
      worker.on('error', (error) => this.#warn(error));
      worker.on('exit', () => {
        reject(new Error(`The module ${path} cannot be loaded: its thread has ended.`));
        this.#ended(startedAt);
      });
    });
  }

  #take(message: Exclude<FromModule, { type: 'ready' | 'unloadable' }>): void {
    this.#heardAt = this.#options.clock.now();
    this.#isSuspected = false;
    switch (message.type) {
      case 'result':
        this.#calls.get(message.id)?.resolve(message.result);
        this.#calls.delete(message.id);
        return;
      case 'failed': {
        this.#warn(`${message.hook}: ${message.error}`);
        if (message.id === null) return;
        this.#calls.get(message.id)?.reject(this.#failure('has failed'));
        this.#calls.delete(message.id);
        return;
      }
      case 'send': {
        const { id } = message;
        this.#options.send(message.message).then(
          ({ mid }) => this.#say({ type: 'sent', id, mid }),
          (error: unknown) =>
            this.#say({ type: 'sent', id, error: error instanceof Error ? error.message : String(error) }),
        );
        return;
      }
      case 'log':
        this.#options.logger.info({ module: this.name }, message.text);
        return;
      case 'pong':
        this.#told -= this.#ping?.told ?? 0;
        this.#ping = undefined;
        return;
    }
  }

  #ended(startedAt: number): void {
    const now = this.#options.clock.now();
    this.#worker = undefined;
    this.#told = 0;
    this.#ping = undefined;
    this.#isSuspected = false;
    // One that ran well for a while may come back at once.
    this.#failures = now - startedAt > calmMs ? 1 : this.#failures + 1;
    this.#restartAt = now + Math.min(firstWaitMs * 2 ** (this.#failures - 1), longestWaitMs);
    for (const call of this.#calls.values()) call.reject(this.#failure('has ended'));
    this.#calls.clear();
    if (!this.#closed) this.#warn('its thread has ended, and is started again');
  }

  #say(message: ToModule): void {
    this.#worker?.postMessage(message);
  }

  #failure(what: string): ModuleFailure {
    return new ModuleFailure(`The module ${this.name} ${what}.`);
  }

  #warn(problem: unknown): void {
    const text = problem instanceof Error ? problem.message : String(problem);
    this.#options.logger.warn({ module: this.name }, `a module has failed: ${text}`);
  }
}

/** Calls, and what was told, that may wait for one module. */
const mostCalls = 10_000;
/** A thread that says nothing for so long blocks, when nobody waits for what it says. */
const longestSilenceMs = 60_000;
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** A thread that ends after less than this has not run well. */
const calmMs = 60_000;
