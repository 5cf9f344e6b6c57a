import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import { afterAll } from 'vitest';
import type { StoreUnderTest } from '../../contract/store-under-test.ts';
import { openPostgresStore, type PostgresStoreOptions } from '../open-postgres-store.ts';

export interface PostgresStoreUnderTest extends StoreUnderTest {
  /** The address of its database. */
  readonly url: string;
}

/** What is not tested here is that a busy machine is slow. */
const patienceMs = 30_000;

/** One server for all tests of a file, started when the first of them needs it. */
export function usePostgres() {
  let started: Promise<TestPostgres> | undefined;
  const server = (): Promise<TestPostgres> => {
    started ??= startPostgres();
    return started;
  };
  afterAll(async () => {
    await (await started)?.close();
  });

  /** A store on a database of its own, which `cleanup` removes. */
  async function openTestStore(
    options: Omit<Partial<PostgresStoreOptions>, 'url'> = {},
  ): Promise<PostgresStoreUnderTest> {
    const postgres = await server();
    const url = await postgres.createDatabase();
    const settings = { url, timeoutMs: patienceMs, ...options };
    const first = await openPostgresStore(settings);
    let current = first;
    return {
      url,
      store: first,
      async reopen() {
        await current.close();
        current = await openPostgresStore(settings);
        return current;
      },
      async cleanup() {
        await current.close();
        await postgres.dropDatabase(url);
      },
    };
  }

  return { server, openTestStore };
}
