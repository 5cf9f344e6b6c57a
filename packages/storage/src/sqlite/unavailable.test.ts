import { afterEach, describe, expect, it } from 'vitest';
import { newMessage, newPair, now } from '../contract/store-under-test.ts';
import { StoreUnavailableError } from '../store.ts';
import { holdWriteLock } from './testing/hold-write-lock.ts';
import { openTestStore, type SqliteStoreUnderTest } from './testing/test-store.ts';

describe('a database that cannot be written', () => {
  let tested: SqliteStoreUnderTest;
  afterEach(() => tested.cleanup());

  it('is read while a commit takes its time', async () => {
    tested = await openTestStore();
    const { store } = tested;
    const { alice, bob, conversation } = await newPair(store);
    const { conv } = await store.log.append(newMessage({ conversation, sender: alice }));

    const release = holdWriteLock(tested.path);
    let committed = false;
    const slow = store.log.append(newMessage({ conversation, sender: alice })).then((appended) => {
      committed = true;
      return appended;
    });
    for (let turn = 0; turn < 20; turn++) {
      expect(await store.users.find(bob)).toMatchObject({ uid: bob });
      expect(await store.log.read(conv, { after: 0, limit: 10 })).toHaveLength(1);
      expect(await store.cursors.forDevice(conv, bob, 0)).toMatchObject({ last: 1 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(committed).toBe(false);
    release();
    expect(await slow).toMatchObject({ seq: 2 });
    expect(await store.log.read(conv, { after: 0, limit: 10 })).toHaveLength(2);
  });

  it('refuses with StoreUnavailableError while another program holds it, and goes on afterwards', async () => {
    tested = await openTestStore({ busyTimeoutMs: 20 });
    const { store } = tested;
    const { alice, conversation } = await newPair(store);
    const append = () => store.log.append(newMessage({ conversation, sender: alice }));
    await append();

    const release = holdWriteLock(tested.path);
    const refused = await Promise.allSettled([
      append(),
      append(),
      store.settings.set('a', 'b'),
      store.ping(),
    ]);
    for (const result of refused) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    }
    release();

    expect(await append()).toMatchObject({ seq: 2 });
    await store.ping();
  });

  it('refuses when it is full, and goes on by itself when there is room', async () => {
    tested = await openTestStore({ maxBytes: 512 * 1024 });
    const { store } = tested;
    const { alice, conversation } = await newPair(store);
    const content = new Uint8Array(16 * 1024);
    const append = () =>
      store.log.append(newMessage({ conversation, sender: alice, content, expiresAt: now + 10 }));
    let accepted = 0;
    let failure: unknown;
    while (failure === undefined && accepted < 100) {
      await append().then(
        () => {
          accepted += 1;
        },
        (error) => {
          failure = error;
        },
      );
    }
    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(accepted).toBeGreaterThan(5);

    expect(await store.log.sweep(now + 11, 5)).toBe(5);
    expect(await append()).toMatchObject({ seq: accepted + 1 });
  });
});
