import { Client } from 'pg';
import { StoreOpenError } from '../open-error.ts';
import { purgeRemovedApps } from '../sql/purge-app.ts';
import { createRepositories } from '../sql/repositories.ts';
import type { Store } from '../store.ts';
import { checkServer } from './check-server.ts';
import { Connections } from './connections.ts';
import { migrate } from './migrate.ts';
import { type Place, toOpenError } from './open-errors.ts';
import { createReader } from './reader.ts';
import { createSqlDatabase } from './sql-database.ts';
import { Writer } from './writer.ts';

export interface PostgresStoreOptions {
  /** Such as `postgres://user:password@host:5432/database`; `?sslmode=verify-full` and the like as in libpq. */
  readonly url: string;
  /** Connections kept at most, beside the one that commits messages. Default 8. */
  readonly connections?: number;
  /** Milliseconds after which the server counts as away when it does not answer. Default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Opens a store on a PostgreSQL server, for any number of nodes at once; the database must exist, its tables are made
 * or brought up to date.
 *
 * @throws StoreOpenError when the server does not answer, refuses, would lose data, or holds those of a newer version.
 * @example
 * const store = await openPostgresStore({ url: 'postgres://stoa:secret@localhost/stoa' });
 * const app = await store.apps.create({ name: 'demo', tokenHash, now: Date.now() });
 * await store.close();
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, connections = 8, timeoutMs = 5_000 } = options;
  const place = placeOf(url);
  const batches = new Connections({ url, connections: 1, timeoutMs });
  const others = new Connections({ url, connections, timeoutMs });
  const writer = new Writer({ batches, others });
  const sql = createSqlDatabase(others);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await writer.close();
    await Promise.all([batches.close(), others.close()]);
  }

  const store: Store = {
    ...createRepositories(sql, createReader(others), writer),
    async ping() {
      await others.use((connection) => connection.rows('select 1'));
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
  try {
    await others.use(async (connection) => {
      await checkServer(connection);
      await migrate(connection);
    });
    await purgeRemovedApps(sql);
    return store;
  } catch (error) {
    await store.close();
    throw toOpenError(error, place);
  }
}

function placeOf(url: string): Place {
  try {
    const { host, port, user = '', database = '' } = new Client({ connectionString: url });
    return { server: host.startsWith('/') ? host : `${host}:${port}`, user, database };
  } catch {
    // Without the cause, which quotes the address with its password.
    throw new StoreOpenError(
      'unusable',
      'The address of the database is not one: it should be like postgres://user:password@host:5432/database, ' +
        'with characters such as @, / and % in the password written as %40, %2F and %25.',
    );
  }
}
