import { FaultProxy } from '@stoa/testkit/fault-proxy';
import { startPostgres, type TestPostgres } from '@stoa/testkit/postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newMessage, newPair } from '../contract/store-under-test.ts';
import { type Store, StoreUnavailableError } from '../store.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { holdCommits } from './testing/hold-commits.ts';

const timeoutMs = 4_000;
/** Longer than any pause between attempts, on a machine that is busy with other things too. */
const patienceMs = 20_000;

describe('a store whose server is away', { timeout: 120_000 }, () => {
  let postgres: TestPostgres;
  let url: string;
  let proxy: FaultProxy;
  let store: Store;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());
  beforeEach(async () => {
    url = await postgres.createDatabase();
    proxy = await FaultProxy.start(postgres.port);
    const address = new URL(url);
    address.port = String(proxy.port);
    store = await openPostgresStore({ url: address.href, timeoutMs });
  });
  afterEach(async () => {
    proxy.resume();
    await store.close();
    await proxy.close();
  });

  async function begin() {
    const pair = await newPair(store);
    const append = (id: number | null) =>
      store.log.append(
        newMessage({ conversation: pair.conversation, sender: pair.alice, dev: pair.aliceDevice, id }),
      );
    const { conv } = await append(1);
    return { ...pair, conv, append };
  }

  /** Asks again and again, until the store answers. */
  async function recovered(): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const failure = await store.ping().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) return;
      expect(failure).toBeInstanceOf(StoreUnavailableError);
      if (Date.now() > deadline) throw failure;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it.each(['stop', 'kill'] as const)(
    'refuses everything after %s, and goes on by itself when it is back',
    async (how) => {
      const { alice, conv, append } = await begin();
      await postgres[how]();
      const asked = [
        append(2),
        append(3),
        store.users.find(alice),
        store.log.read(conv, { after: 0, limit: 10 }),
        store.settings.set('a', 'b'),
        store.users.update(alice, { name: 'x' }),
        store.cursors.changed({ uid: alice, dev: 0, position: 0, limit: 10 }),
        store.ping(),
      ];
      for (const result of await Promise.allSettled(asked)) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
      }
      await postgres.start();
      await recovered();
      // The connection for batches has attempts of its own.
      await expect
        .poll(() => append(2).catch(() => undefined), { timeout: patienceMs })
        .toMatchObject({ seq: 2 });
      expect(await append(3)).toMatchObject({ seq: 3, duplicate: false });
    },
  );

  it('refuses at once while it pauses between attempts', async () => {
    await begin();
    proxy.refuse();
    const refusal = () =>
      store.ping().then(
        () => undefined,
        (error: unknown) => {
          expect(error).toBeInstanceOf(StoreUnavailableError);
          return String(error);
        },
      );
    // Each attempt that fails makes the pause longer.
    await expect.poll(refusal, { interval: 1 }).toMatch(/tried again in \d+ ms/);
    proxy.resume();
    await recovered();
  });

  it('hangs on nothing when no byte arrives any more', async () => {
    const { alice, append } = await begin();
    proxy.stall();
    const begun = performance.now();
    const results = await Promise.allSettled([
      append(2),
      store.users.find(alice),
      store.settings.set('a', 'b'),
    ]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    }
    expect(performance.now() - begun).toBeLessThan(patienceMs);
    proxy.resume();
    await recovered();
  });

  it('appends once what was committed without an answer, and lets nothing overtake it', async () => {
    const { conv, append } = await begin();
    const holder = await holdCommits(url, 'conversations', `new.conv = ${conv}`);
    const refused = (asked: Promise<unknown>) =>
      asked.then(
        () => undefined,
        (error: unknown) => error,
      );
    const lost = refused(append(2));
    const waitsForCommit = () => postgres.query('select 1 from pg_locks where not granted', url);
    await expect.poll(waitsForCommit, { timeout: patienceMs }).toHaveLength(1);
    const behind = refused(append(3));
    proxy.cut();
    expect(await lost).toBeInstanceOf(StoreUnavailableError);
    expect(await behind).toBeInstanceOf(StoreUnavailableError);
    await holder.release();
    // Nobody waits for this commit any more, and it is made all the same.
    const stored = async () =>
      (await postgres.query('select id::int from messages order by seq', url)).map(({ id }) => id);
    await expect.poll(stored, { timeout: patienceMs }).toEqual([1, 2]);
    const again = () => append(2).catch(() => undefined);
    await expect.poll(again, { timeout: patienceMs }).toMatchObject({ seq: 2, duplicate: true });
    expect(await append(3)).toMatchObject({ seq: 3, duplicate: false });
    expect(await stored()).toEqual([1, 2, 3]);
  });
});
