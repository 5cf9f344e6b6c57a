import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../../../../scripts/setup/find-nats-server.mjs';
import { freePort } from '../free-port.ts';
import { GuardedFolder } from '../guarded/guard-folder.ts';

export interface NatsOptions {
  /** Lines of a nats-server configuration file, such as `authorization { token: secret }`. */
  readonly config?: string;
}

/** A real nats-server for tests, which can be stopped and started again on the same port. */
export class TestNats {
  readonly #folder: GuardedFolder;
  readonly #program: string;
  readonly #config: string;
  readonly #port: number;

  private constructor(folder: GuardedFolder, program: string, config: string, port: number) {
    this.#folder = folder;
    this.#program = program;
    this.#config = config;
    this.#port = port;
  }

  /** Use {@link startNats}. */
  static async start({ config = '' }: NatsOptions): Promise<TestNats> {
    const program = findNatsServer();
    if (program === undefined) {
      throw new Error('These tests need nats-server: install it, or name it in NATS_SERVER_PATH.');
    }
    const port = await freePort('tcp');
    const path = mkdtempSync(join(tmpdir(), 'stoa-nats-'));
    const folder = new GuardedFolder(path);
    const file = join(path, 'nats.conf');
    writeFileSync(file, config);
    const nats = new TestNats(folder, program, file, port);
    try {
      await nats.start();
    } catch (error) {
      await folder.remove();
      throw error;
    }
    return nats;
  }

  get port(): number {
    return this.#port;
  }

  /** Without credentials. */
  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const args = ['-a', '127.0.0.1', '-p', String(this.#port), '-c', this.#config];
    await this.#folder.start({ file: this.#program, args, env: {} }, 'Server is ready');
  }

  /** As an administrator stops it. */
  async stop(): Promise<void> {
    await this.#folder.kill('SIGTERM');
  }

  /** As with `kill -9`. */
  async kill(): Promise<void> {
    await this.#folder.kill('SIGKILL');
  }

  /** Ends it for good and removes what it needed. */
  async close(): Promise<void> {
    await this.#folder.remove();
  }
}

/**
 * Starts a nats-server on a free port of this machine. It is gone with the process that started it, however that ends.
 *
 * @throws Error that says what to install, or why the server does not start.
 * @example
 * const nats = await startNats();
 * const bus = await connectNatsBus({ url: nats.url, prefix: 'test' });
 * await nats.close();
 */
export function startNats(options: NatsOptions = {}): Promise<TestNats> {
  return TestNats.start(options);
}
