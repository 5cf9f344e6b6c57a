import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMessage, newPair, now } from '../contract/store-under-test.ts';
import { type PostgresStoreUnderTest, usePostgres } from './testing/test-store.ts';

const { openTestStore } = usePostgres();

describe('group commit on a server', () => {
  let tested: PostgresStoreUnderTest;
  beforeAll(async () => {
    tested = await openTestStore();
  });
  afterAll(() => tested.cleanup());

  /** How many transactions changed the log or cursors meanwhile: the position counts them. */
  async function commitsDuring(work: () => Promise<unknown>): Promise<number> {
    const position = async () =>
      (await tested.store.cursors.changed({ uid: 1, dev: 0, position: 0, limit: 1 })).position;
    const before = await position();
    await work();
    return (await position()) - before;
  }

  it('writes what one turn of the event loop brings in one transaction', async () => {
    const { alice, bob, bobDevice, conversation } = await newPair(tested.store);
    const { conv } = await tested.store.log.append(newMessage({ conversation, sender: alice }));
    const asked = (seq: number) => [
      tested.store.log.append(newMessage({ conversation, sender: alice })),
      tested.store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'read', seq, now }),
    ];
    const all = Array.from({ length: 300 }, (_, index) => index);
    expect(await commitsDuring(() => Promise.all(all.flatMap(asked)))).toBe(1);
  });

  it('gathers what arrives during a commit into the next one', async () => {
    const { alice, conversation } = await newPair(tested.store);
    const append = () => tested.store.log.append(newMessage({ conversation, sender: alice }));
    const { conv } = await append();
    const commits = await commitsDuring(async () => {
      const holder = new Client({ connectionString: tested.url });
      await holder.connect();
      await holder.query('begin');
      await holder.query(`select 1 from conversations where conv = ${conv} for update`);
      const appends: Promise<unknown>[] = [];
      for (let turn = 0; turn < 50; turn++) {
        appends.push(append());
        await new Promise((resolve) => setImmediate(resolve));
      }
      await holder.query('commit');
      await holder.end();
      await Promise.all(appends);
    });
    expect(commits).toBe(2);
  });

  it('divides a burst, so that others need not wait for all of it', async () => {
    const { alice, conversation } = await newPair(tested.store);
    const append = () => tested.store.log.append(newMessage({ conversation, sender: alice }));
    expect(await commitsDuring(() => Promise.all(Array.from({ length: 5000 }, append)))).toBe(3);
  });
});
