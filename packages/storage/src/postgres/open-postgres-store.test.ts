import { inspect } from 'node:util';
import { startPostgres } from '@stoa/testkit/postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newMessage, newPair } from '../contract/store-under-test.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { type PostgresStoreUnderTest, usePostgres } from './testing/test-store.ts';

const { server, openTestStore } = usePostgres();

describe('opening a store on a server', () => {
  let tested: PostgresStoreUnderTest;
  beforeEach(async () => {
    tested = await openTestStore();
  });
  afterEach(() => tested.cleanup());

  /** Why it cannot be opened; whatever is printed of the error must not show the password. */
  async function refusal(url: string) {
    const error = await openPostgresStore({ url }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(new URL(tested.url).password);
    expect(error).toMatchObject({ name: 'StoreOpenError' });
    return error;
  }

  it('is refused in one line when the user may not in', async () => {
    const url = new URL(tested.url);
    url.username = 'somebody';
    expect(await refusal(url.href)).toMatchObject({
      reason: 'unusable',
      message: expect.stringMatching(
        /^The database server at 127\.0\.0\.1:\d+ does not let "somebody" in: .*STOA_DATABASE_URL\.$/,
      ),
    });
  });

  it('is refused in one line when there is no such database', async () => {
    expect(await refusal(`${tested.url}x`)).toMatchObject({
      reason: 'unusable',
      message: expect.stringMatching(
        /has no database "test_\w+x"\. Create it: createdb --owner=stoa test_\w+x$/,
      ),
    });
  });

  it('is refused in one line when nobody listens there', async () => {
    const url = new URL(tested.url);
    url.port = '1';
    expect(await refusal(url.href)).toMatchObject({
      reason: 'unreachable',
      message: expect.stringMatching(
        /^The database server at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED.*\.$/,
      ),
    });
  });

  it('is refused in one line when the address is none', async () => {
    const password = new URL(tested.url).password;
    for (const url of [
      `postgres://stoa:${password}@127.0.0.1:port/stoa`,
      `postgres://stoa:${password}/%/@`,
    ]) {
      expect(await refusal(url)).toMatchObject({
        reason: 'unusable',
        message: expect.stringContaining('%40'),
      });
    }
  });

  it('is refused when a newer version wrote the data, and leaves them alone', async () => {
    await (await server()).query('insert into schema_version values (1000)', tested.url);
    expect(await refusal(tested.url)).toMatchObject({
      reason: 'newer',
      message: expect.stringContaining('Update Stoa'),
    });
  });

  it('is refused when the user may make no tables', async () => {
    const postgres = await server();
    const url = new URL(await postgres.createDatabase());
    await postgres.query(`create role guest login password '${url.password}'`);
    url.username = 'guest';
    expect(await refusal(url.href)).toMatchObject({
      reason: 'unusable',
      message: expect.stringMatching(/"guest" may not make tables .*permission denied.* owner to guest$/),
    });
  });

  it('is refused when the server would lose what it acknowledged', async () => {
    const unsafe = await startPostgres({ fsync: 'off' });
    expect(await refusal(unsafe.url())).toMatchObject({
      reason: 'unsafe',
      message: expect.stringMatching(/fsync = off.*lose acknowledged messages/),
    });
    await unsafe.close();
  });

  it('is synced at every commit, whatever the default of the database', async () => {
    const postgres = await server();
    const name = new URL(tested.url).pathname.slice(1);
    await postgres.query(`alter database ${name} set synchronous_commit = off`);
    await postgres.query(`alter database ${name} set default_transaction_isolation = serializable`);
    const store = await tested.reopen();
    const { alice, conversation } = await newPair(store);
    for (let round = 0; round < 20; round++) {
      const [before] = await postgres.query('select pg_current_wal_insert_lsn() as lsn', tested.url);
      await store.log.append(newMessage({ conversation, sender: alice }));
      // What the server writes by itself meanwhile need not be synced.
      const [row] = await postgres.query(
        `select pg_current_wal_flush_lsn() > '${before?.lsn}' as flushed`,
        tested.url,
      );
      expect(row).toEqual({ flushed: true });
    }
  });

  it('finishes the removal of an app that was interrupted', async () => {
    const { aid, alice, conversation } = await newPair(tested.store);
    const { conv } = await tested.store.log.append(newMessage({ conversation, sender: alice }));
    await tested.store.close();
    await (await server()).query(
      `update apps set removed = 1, token_hash = null where aid = ${aid}`,
      tested.url,
    );
    const store = await tested.reopen();
    expect(await store.users.find(alice)).toBeUndefined();
    expect(await store.log.conversation(conv)).toBeUndefined();
  });
});
