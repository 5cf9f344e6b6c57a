import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { within } from '../wait.ts';
import type { FromGuard, GuardedCommand, ToGuard } from './guard.ts';

const program = fileURLToPath(new URL('./guard.ts', import.meta.url));

/** A folder and the program that runs in it, which both go when this process goes, even if it is killed. */
export class GuardedFolder {
  readonly #guard: ChildProcess;
  readonly #listeners = new Set<(message: FromGuard) => void>();
  /** Everything that the running program, or the last one, has printed. */
  #output = '';
  #exited: Promise<string> | undefined;

  constructor(path: string) {
    // Of a group of its own: Ctrl-C in the terminal must leave it time to tidy up.
    this.#guard = fork(program, [path], { detached: true, stdio: 'inherit' });
    this.#guard.on('message', (message: FromGuard) => {
      if (message.type === 'output') this.#output += message.text;
      for (const listener of this.#listeners) listener(message);
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Starts the program, and resolves when its output contains `ready`. Rejects with the output when it ends before. */
  async start(command: GuardedCommand, ready: string, ms = 30_000): Promise<void> {
    this.#exited = this.#run(command);
    const printed = new Promise<void>((resolve) => {
      const stop = this.#listen(() => {
        if (!this.#output.includes(ready)) return;
        stop();
        resolve();
      });
    });
    const ended = this.#exited.then((how) => {
      throw new Error(`${command.file} ended with ${how}:\n${this.#output}`);
    });
    await within(Promise.race([printed, ended]), `${command.file} to be ready`, ms);
  }

  /** Runs the program to its end. Rejects with the output when it fails. */
  async finish(command: GuardedCommand): Promise<void> {
    const how = await within(this.#run(command), `${command.file} to end`, 60_000);
    if (how !== 'code 0') throw new Error(`${command.file} ended with ${how}:\n${this.#output}`);
  }

  /** Resolves when the program that was started has ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const exited = this.#exited;
    if (exited === undefined) return;
    this.#exited = undefined;
    this.#send({ type: 'kill', signal });
    await within(exited, `the end on ${signal}`, 30_000);
  }

  /** Sends a signal that does not end the program. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#guard.connected) this.#send({ type: 'kill', signal });
  }

  /** Ends the program and removes the folder. */
  async remove(): Promise<void> {
    if (!this.#guard.connected) return;
    const gone = once(this.#guard, 'exit');
    this.#guard.disconnect();
    await within(gone, 'the guard to tidy up', 30_000);
  }

  #run(command: GuardedCommand): Promise<string> {
    this.#output = '';
    const ended = new Promise<string>((resolve, reject) => {
      const stop = this.#listen((message) => {
        if (message.type === 'output') return;
        stop();
        if (message.type === 'failed') reject(new Error(message.message));
        else resolve(message.signal ?? `code ${message.code}`);
      });
    });
    this.#send({ type: 'run', command });
    // Whoever is interested awaits it; an end that nobody awaits is no fault.
    ended.catch(() => {});
    return ended;
  }

  #listen(listener: (message: FromGuard) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #send(message: ToGuard): void {
    this.#guard.send(message);
  }
}
