import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OwnNetwork } from './janus/own-network.ts';

interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

/** What a process of the bench can be asked: plain values in and out. */
export type Commands<T> = {
  readonly [Name in keyof T]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

export interface PeerProcessOptions {
  readonly execArgv?: readonly string[];
  /** Where the process lives, if not in the network of the machine. */
  readonly network?: OwnNetwork | undefined;
}

/** A process that serves commands; see `serve`. */
export class PeerProcess<T> {
  readonly ask: Commands<T>;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 1;

  constructor(file: string, { execArgv = [], network }: PeerProcessOptions = {}) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      serialization: 'advanced',
      execArgv: [...execArgv],
      ...(network === undefined ? {} : inNetwork(network, execArgv)),
    });
    this.#child.on('message', (answer: Answer) => {
      const asked = this.#asked.get(answer.id);
      this.#asked.delete(answer.id);
      if ('error' in answer) asked?.reject(new Error(answer.error));
      else asked?.resolve(answer.value);
    });
    this.#child.once('exit', (code) => {
      for (const { reject } of this.#asked.values()) reject(new Error(`${file} ended with code ${code}.`));
    });
    this.ask = new Proxy({} as Commands<T>, {
      get:
        (_, name) =>
        (...args: readonly unknown[]) =>
          this.#ask(String(name), args),
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    // Told by the end of its channel, it writes the profile that it was asked for.
    this.#child.disconnect();
    await exited;
  }

  #ask(name: string, args: readonly unknown[]): Promise<unknown> {
    const id = this.#nextId++;
    const asked = Promise.withResolvers<unknown>();
    this.#asked.set(id, asked);
    this.#child.send({ id, name, args } satisfies Question);
    return asked.promise;
  }
}

function inNetwork({ pid, address }: OwnNetwork, execArgv: readonly string[]) {
  return {
    execPath: 'nsenter',
    execArgv: [`--net=/proc/${pid}/ns/net`, process.execPath, ...execArgv],
    env: { ...process.env, STOA_BENCH_ADDRESS: address },
  };
}

/** Answers the questions of the parent process by these functions. */
export function serve(commands: object): void {
  process.on('message', async ({ id, name, args }: Question) => {
    try {
      const command = (commands as Record<string, (...args: readonly unknown[]) => unknown>)[name];
      if (command === undefined) throw new Error(`There is no command "${name}".`);
      process.send?.({ id, value: await command(...args) } satisfies Answer);
    } catch (error) {
      process.send?.({ id, error: String(error) } satisfies Answer);
    }
  });
  process.on('disconnect', () => process.exit(0));
}
