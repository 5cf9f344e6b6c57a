import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadPhase, LoadTask, PhaseResult } from './load-process.ts';

/** One load process, as its parent sees it. */
export class LoadWorker {
  readonly #child: ChildProcess;
  #failure: Error | undefined;
  #asked: PromiseWithResolvers<PhaseResult> | undefined;

  constructor() {
    const file = fileURLToPath(new URL('./load-process.ts', import.meta.url));
    this.#child = fork(file, { serialization: 'advanced' });
    this.#child.on('message', (answer: LoadAnswer) => {
      if ('error' in answer) this.#fail(answer.error);
      else this.#asked?.resolve(answer.result);
    });
    this.#child.on('exit', (code) => this.#fail(`the process ended with code ${code}`));
  }

  /**
   * One at a time.
   *
   * @throws Error when the load cannot be made, also when that turned out since the last answer.
   */
  async ask(what: LoadTask | LoadPhase): Promise<PhaseResult> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#asked = Promise.withResolvers();
    this.#child.send(what);
    return this.#asked.promise;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(`The load generator failed: ${reason}`);
    this.#asked?.reject(this.#failure);
  }
}
