import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newApp } from '../contract/store-under-test.ts';
import { Connections } from './connections.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { usePostgres } from './testing/test-store.ts';

const { server } = usePostgres();

describe('migrations of a server', () => {
  let url: string;
  let client: Client;
  let connections: Connections;
  beforeEach(async () => {
    url = await (await server()).createDatabase();
    client = new Client({ connectionString: url });
    await client.connect();
    connections = new Connections({ url, connections: 5, timeoutMs: 20_000 });
  });
  afterEach(async () => {
    await client.end();
    await connections.close();
    await (await server()).dropDatabase(url);
  });

  const run = (steps?: readonly string[]) => connections.use((connection) => migrate(connection, steps));
  const state = async () => {
    const { rows } = await client.query(
      'select coalesce(max(version), 0)::int as version from schema_version',
    );
    const tables = await client.query(
      "select table_name from information_schema.tables where table_schema = 'public' order by 1",
    );
    return [rows[0]?.version, ...tables.rows.map(({ table_name }) => table_name)];
  };

  it('run once each, in order', async () => {
    await run(['create table a (x int)']);
    expect(await state()).toEqual([1, 'a', 'schema_version']);
    const three = ['create table a (x int)', 'create table b (x int); create table c (x int)'];
    await run(three);
    await run(three);
    expect(await state()).toEqual([2, 'a', 'b', 'c', 'schema_version']);
  });

  it('that fail leave the version and the data of the step before', async () => {
    const steps = ['create table a (x int)', 'create table b (x int); create table a (x int)'];
    await expect(run(steps)).rejects.toThrow('already exists');
    expect(await state()).toEqual([1, 'a', 'schema_version']);
    await run(['', 'create table b (x int)']);
    expect(await state()).toEqual([2, 'a', 'b', 'schema_version']);
  });

  it('refuse a database that is newer than they are', async () => {
    await run(['create table a (x int)', 'create table b (x int)']);
    await expect(run(['create table a (x int)'])).rejects.toThrow(
      /newer version of Stoa .*schema is 2.*knows 1.*Update Stoa/,
    );
  });

  it('are made by one of the nodes that start at once, and the others wait for it', async () => {
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => openPostgresStore({ url, timeoutMs: 20_000 })),
    );
    expect((await state())[0]).toBe(migrations.length);
    const { rows } = await client.query('select count(*)::int as n from schema_version');
    expect(rows).toEqual([{ n: migrations.length }]);
    await Promise.all(stores.map((store) => newApp(store)));
    expect(await stores[0]?.apps.list()).toHaveLength(5);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('wait for one that takes longer than a statement may', async () => {
    const impatient = new Connections({ url, connections: 2, timeoutMs: 1_500 });
    const slow = ['select pg_sleep(2.5)', 'create table a (x int)'];
    await Promise.all([1, 2].map(() => impatient.use((connection) => migrate(connection, slow))));
    expect(await state()).toEqual([2, 'a', 'schema_version']);
    await impatient.close();
  });
});
