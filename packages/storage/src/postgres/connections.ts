import { Pool, type PoolClient, type PoolConfig, type QueryArrayResult, type QueryResult } from 'pg';
import type { SqlRow, SqlStatement } from '../sql/sql-statement.ts';
import { StoreUnavailableError } from '../store.ts';
import { BackOff } from './back-off.ts';
import { isConnectionLost, toStoreError } from './postgres-errors.ts';
import { StatementNames } from './statement-names.ts';
import { valueParsers } from './value-parsers.ts';

export interface ConnectionSettings {
  /** Such as `postgres://user:password@host:5432/database`. */
  readonly url: string;
  /** Connections kept at most. */
  readonly connections: number;
  /** Milliseconds after which a statement, or the wait for a connection, is given up. */
  readonly timeoutMs: number;
}

/** How much longer than the server this side waits for an answer, in milliseconds: it is for when none can arrive. */
const graceMs = 2_000;

/**
 * The connections to the server, made when they are needed. While the server is away, whoever asks is refused at once,
 * but for one attempt now and then.
 */
export class Connections {
  readonly #pool: Pool;
  readonly #backOff = new BackOff();
  readonly #names = new StatementNames();
  readonly #used = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor({ url, connections, timeoutMs }: ConnectionSettings) {
    const config: PoolConfig = {
      connectionString: url,
      application_name: 'stoa',
      max: connections,
      connectionTimeoutMillis: timeoutMs,
      idleTimeoutMillis: 60_000,
      query_timeout: timeoutMs + graceMs,
      keepAlive: true,
      // The statements of a transaction go out together, without a wait for the answer of each.
      pipeline: true,
      types: valueParsers,
      onConnect: (client) => client.query(sessionSettings(timeoutMs)),
    };
    this.#pool = new Pool(config);
    // A connection that breaks is an error of who uses it. One that nobody uses is left behind; the next is made on demand.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /**
   * Lends a connection. What `work` leaves open (a transaction, an answer that did not come) ends with it.
   *
   * @throws StoreUnavailableError when there is none to be had, or what `work` threw as callers of a store know it.
   */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new StoreUnavailableError('The store is closed.'));
    const used = this.#use(work).catch((error: unknown) => {
      throw toStoreError(error);
    });
    this.#used.add(used);
    const done = (): boolean => this.#used.delete(used);
    used.then(done, done);
    return used;
  }

  /** Waits for what is under way; what is asked for afterwards is refused. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#used).then(() => this.#pool.end());
    return this.#closing;
  }

  async #use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      const result = await work(new Connection(client, this.#names));
      client.release(client.getTransactionStatus() !== 'I');
      return result;
    } catch (error) {
      client.release(isConnectionLost(error) || client.getTransactionStatus() !== 'I');
      throw error;
    }
  }

  async #connect(): Promise<PoolClient> {
    const { remaining } = this.#backOff;
    if (remaining > 0) {
      throw new StoreUnavailableError(
        `The database is not available; it is tried again in ${Math.ceil(remaining)} ms.`,
      );
    }
    try {
      const client = await this.#pool.connect();
      this.#backOff.succeeded();
      return client;
    } catch (error) {
      this.#backOff.failed();
      throw error;
    }
  }
}

/** One connection, for as long as it is lent. Statements go out at once and are carried out in order. */
export class Connection {
  readonly #client: PoolClient;
  readonly #names: StatementNames;

  constructor(client: PoolClient, names: StatementNames) {
    this.#client = client;
    this.#names = names;
  }

  /** Rows as objects; the caller names their type, which is that of the columns that the statement selects. */
  async rows<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const query = { name: this.#names.of(sql), text: sql, values: [...parameters] };
    const result: QueryResult = await this.#client.query(query);
    return result.rows as Row[];
  }

  /** Rows as lists, in the order of the columns. */
  async tuples<Row extends readonly unknown[]>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    const query = {
      name: this.#names.of(sql),
      text: sql,
      values: [...parameters],
      rowMode: 'array' as const,
    };
    const result: QueryArrayResult = await this.#client.query(query);
    const rows: unknown[] = result.rows;
    return rows as Row[];
  }

  /** Rows of whole numbers, in the order of the columns. */
  numbers(sql: string, parameters: readonly unknown[] = []): Promise<number[][]> {
    return this.tuples<number[]>(sql, parameters);
  }

  /** Sends all of the statements at once; the rows of each. */
  all(statements: readonly SqlStatement[]): Promise<SqlRow[][]> {
    return Promise.all(statements.map(({ sql, parameters }) => this.rows<SqlRow>(sql, parameters)));
  }

  /** Runs statements without parameters or rows, several of them separated by semicolons. */
  async run(sql: string): Promise<void> {
    await this.#client.query(sql);
  }
}

/**
 * Whoever set up the server or the role may have chosen other defaults. `synchronous_commit` is raised where a commit
 * would otherwise be answered before it is on disk, and left where it waits for replicas too.
 */
const sessionSettings = (timeoutMs: number): string => `
  set statement_timeout = ${timeoutMs};
  set lock_timeout = ${timeoutMs};
  set idle_in_transaction_session_timeout = ${timeoutMs};
  set default_transaction_isolation = 'read committed';
  set bytea_output = 'hex';
  set jit = off;
  select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;
