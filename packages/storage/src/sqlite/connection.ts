import { DatabaseSync } from 'node:sqlite';

/** Kilobytes of pages kept in memory: enough that a large batch is not written out before it is committed. */
const cacheKilobytes = 64 * 1024;
/** Bytes at which the write-ahead log is cut back after a checkpoint. */
const walKeepBytes = 4 * 1024 * 1024;

/** The connection that writes. There is one per database, in the writer's thread (and before it starts, the migration's). */
export function openForWriting(
  path: string,
  options: { busyTimeoutMs: number; maxBytes?: number | undefined },
): DatabaseSync {
  const database = new DatabaseSync(path, {
    timeout: options.busyTimeoutMs,
    enableForeignKeyConstraints: true,
  });
  try {
    // FULL syncs the log at every commit: what is acknowledged survives the loss of power. Checkpoints are made by the
    // writer when nobody waits for it.
    database.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma wal_autocheckpoint = 0;
      pragma journal_size_limit = ${walKeepBytes};
      pragma cache_size = -${cacheKilobytes};
      pragma trusted_schema = off;
    `);
    if (options.maxBytes !== undefined) {
      const pageSize = Number(database.prepare('pragma page_size').get()?.page_size);
      database.exec(`pragma max_page_count = ${Math.max(1, Math.floor(options.maxBytes / pageSize))}`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A connection that only reads, beside the writer. */
export function openForReading(path: string): DatabaseSync {
  // Readers wait for nobody in WAL mode; the timeout covers the instant in which a log is recovered.
  const database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
  database.exec(`pragma cache_size = -${cacheKilobytes}; pragma trusted_schema = off;`);
  return database;
}
