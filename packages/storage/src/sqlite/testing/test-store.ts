import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreUnderTest } from '../../contract/store-under-test.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../open-sqlite-store.ts';

export interface SqliteStoreUnderTest extends StoreUnderTest {
  /** The database file. */
  readonly path: string;
}

/** A store in a folder of its own, which `cleanup` removes. */
export async function openTestStore(options?: Partial<SqliteStoreOptions>): Promise<SqliteStoreUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-store-'));
  const path = join(folder, 'stoa.db');
  const first = await openSqliteStore({ path, ...options });
  let current = first;
  return {
    path,
    store: first,
    async reopen() {
      await current.close();
      current = await openSqliteStore({ path, ...options });
      return current;
    },
    async cleanup() {
      await current.close();
      rmSync(folder, { recursive: true });
    },
  };
}
