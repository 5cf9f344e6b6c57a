import { StoreOpenError } from '../open-error.ts';
import type { Connection } from './connections.ts';

/** The oldest that Stoa is tested with. */
const oldestVersion = 15;

interface Server {
  readonly version: number;
  readonly fsync: string;
  readonly replica: boolean;
  readonly encoding: string;
}

/**
 * Whether the server keeps what it acknowledges, and is one that can be used.
 *
 * @throws StoreOpenError `unsafe` or `unusable`
 */
export async function checkServer(connection: Connection): Promise<void> {
  const [server] = await connection.rows<Server>(`
    select current_setting('server_version_num')::int / 10000 as version, current_setting('fsync') as fsync,
      pg_is_in_recovery() as replica, current_setting('server_encoding') as encoding`);
  if (server === undefined) return;
  if (server.version < oldestVersion) {
    throw new StoreOpenError(
      'unusable',
      `The database server is PostgreSQL ${server.version}; Stoa needs ${oldestVersion} or newer.`,
    );
  }
  if (server.replica) {
    throw new StoreOpenError(
      'unusable',
      'The database server is a replica that cannot be written. Name the primary in STOA_DATABASE_URL.',
    );
  }
  if (server.encoding !== 'UTF8') {
    throw new StoreOpenError(
      'unusable',
      `The database has the encoding ${server.encoding}. Create one with the encoding UTF8.`,
    );
  }
  if (server.fsync !== 'on') {
    throw new StoreOpenError(
      'unsafe',
      'The database server runs with fsync = off: it would lose acknowledged messages when the power fails. ' +
        'Switch fsync on in its configuration.',
    );
  }
}
