import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMessage, newPair, now } from '../contract/store-under-test.ts';
import { holdWriteLock } from './testing/hold-write-lock.ts';
import { openTestStore, type SqliteStoreUnderTest } from './testing/test-store.ts';

describe('group commit', () => {
  let tested: SqliteStoreUnderTest;
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
    const asked = (index: number) => [
      tested.store.log.append(newMessage({ conversation, sender: alice })),
      tested.store.cursors.advance({ conv, uid: bob, dev: bobDevice, kind: 'read', seq: index, now }),
      tested.store.settings.set('number', String(index)),
    ];
    const commits = await commitsDuring(() =>
      Promise.all(Array.from({ length: 300 }, (_, i) => asked(i)).flat()),
    );
    expect(commits).toBe(1);
  });

  it('gathers what arrives during a commit into the next one', async () => {
    const { alice, conversation } = await newPair(tested.store);
    const append = () => tested.store.log.append(newMessage({ conversation, sender: alice }));
    const commits = await commitsDuring(async () => {
      const release = holdWriteLock(tested.path);
      const appends: Promise<unknown>[] = [];
      for (let turn = 0; turn < 50; turn++) {
        appends.push(append());
        await nextTurn();
      }
      release();
      await Promise.all(appends);
    });
    expect(commits).toBe(2);
  });

  it('divides a burst, so that others need not wait for all of it', async () => {
    const { alice, conversation } = await newPair(tested.store);
    const commits = await commitsDuring(() =>
      Promise.all(
        Array.from({ length: 5000 }, () =>
          tested.store.log.append(newMessage({ conversation, sender: alice })),
        ),
      ),
    );
    expect(commits).toBe(3);
  });

  it('forgets what a reset forgets, also when the device advances in the same batch', async () => {
    const { alice, bob, conversation } = await newPair(tested.store);
    const append = () => tested.store.log.append(newMessage({ conversation, sender: alice }));
    const connect = (position: number | undefined) =>
      tested.store.devices.open({ uid: bob, id: 'phone', agent: '', position, now });
    const [{ conv }] = await Promise.all([append(), append(), append()]);
    const { dev } = await connect(9);
    const advance = (seq: number) =>
      tested.store.cursors.advance({ conv, uid: bob, dev, kind: 'received', seq, now });
    await Promise.all([advance(3), connect(undefined), advance(2)]);
    expect(await tested.store.cursors.forDevice(conv, bob, dev)).toMatchObject({ received: 2 });
  });
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
