import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { within } from './wait.ts';

export interface ServerProcessOptions {
  readonly dataDir: string;
  /** Default: a free one. A restart keeps it. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself, such as `--import=<module>`. */
  readonly nodeOptions?: readonly string[];
  /** Path of another program than `stoa serve` that serves the same settings and says when it is ready. */
  readonly program?: string;
  /** A command that becomes what its arguments say, such as `nice`. */
  readonly launcher?: readonly string[];
}

/** App token of every server that the testkit starts. */
export const testAppToken = 'test-app-token-0123456789abcdef';
export const testAdminPassword = 'test-administrator-password';

const command = fileURLToPath(new URL('../../cli/src/stoa.ts', import.meta.url));

/** A real `stoa serve` in a process of its own, which can be killed and started again on the same data and port. */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | undefined;
  #port: number;
  #log = '';

  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options, options.port ?? (await freePort('tcp')));
    await server.start();
    return server;
  }

  private constructor(options: ServerProcessOptions, port: number) {
    this.#options = options;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Of the process that runs now; undefined when none does. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Everything the server has printed. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when the server takes connections. */
  async start(): Promise<void> {
    const { nodeOptions = [], program, launcher = [] } = this.#options;
    const run = program === undefined ? [command, 'serve'] : [program];
    const [first = '', ...rest] = [...launcher, process.execPath, ...nodeOptions, ...run];
    const child = spawn(first, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(this.#port),
        STOA_DATA_DIR: this.#options.dataDir,
        STOA_APP_TOKEN: testAppToken,
        STOA_ADMIN_PASSWORD: testAdminPassword,
        ...this.#options.env,
      },
    });
    this.#child = child;
    const ready = new Promise<number>((resolve, reject) => {
      const read = (line: string): void => {
        this.#log += `${line}\n`;
        const port = /ready at https?:\/\/[^/\s]+?:(\d+)/i.exec(line)?.[1];
        if (port !== undefined) resolve(Number(port));
      };
      for (const stream of [child.stdout, child.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on('line', read);
      }
      child.once('exit', (code) => reject(new Error(`the server ended with code ${code}:\n${this.#log}`)));
    });
    this.#port = await within(ready, 'the server to be ready', 100_000);
  }

  /** Sends a signal, and does not wait for what comes of it. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves to the exit code when the process ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      await within(once(child, 'exit'), 'the server to end', 30_000);
    }
    return child.exitCode;
  }

  /** Ends the process: at once with SIGKILL (as a power cut would), in order with SIGTERM. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await within(exited, `the server to end on ${signal}`, 30_000);
  }

  async restart(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    await this.kill(signal);
    await this.start();
  }
}
