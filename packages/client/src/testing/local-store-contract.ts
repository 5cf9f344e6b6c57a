import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Change,
  type ConversationRecord,
  type LocalStore,
  type MessageRecord,
  memoryStore,
  nextOrder,
  orderBehind,
  outboxOrder,
} from '../store/index.ts';
import type { ConversationId } from '../types.ts';

const device = { device: 'd'.repeat(32), position: 7, lastSendId: 1_790_000_000_000 };

const conversation = (id: ConversationId, more: Partial<ConversationRecord> = {}): ConversationRecord => ({
  id,
  conv: 5,
  name: 'Bob',
  runs: [{ start: 1, end: 3 }],
  read: 1,
  readWithReceipt: 0,
  skipped: 0,
  peerCursor: { delivered: 3, deliveredAt: 1_790_000_000_000, read: 2, readAt: 1_790_000_000_001 },
  ...more,
});

const message = (id: ConversationId, order: number, more: Partial<MessageRecord> = {}): MessageRecord => ({
  conversation: id,
  order,
  seq: order,
  mid: 2 ** 45 + 1,
  id: 0,
  localId: 0xffff_ffff,
  from: 'bob',
  outgoing: false,
  ts: 1_790_000_000_000,
  type: 3,
  flags: 3,
  content: { text: 'Hello', data: new Uint8Array([1, 2, 255]), fields: { list: [1, 'two', null] } },
  ...more,
});
const put = (...records: MessageRecord[]): Change[] =>
  records.map((one) => ({ put: 'message', record: one }));
const orders = (found: readonly MessageRecord[]) => found.map(({ order }) => order);

/**
 * What every LocalStore promises.
 *
 * @param make a store that is new
 * @param reopen a store on the same data, after close()
 */
export function holdsTheContract(
  name: string,
  make: () => LocalStore,
  reopen: (closed: LocalStore) => LocalStore,
): void {
  describe(name, () => {
    let store: LocalStore;
    const unexpected = (reason: string) => expect.fail(`lost: ${reason}`);

    beforeEach(() => {
      store = make();
    });
    afterEach(() => store.close());

    const reopened = async () => {
      await store.close();
      store = reopen(store);
      return store.open(unexpected);
    };

    it('is empty when it is new', async () => {
      expect(await store.open(unexpected)).toEqual({
        device: undefined,
        conversations: [],
        outbox: [],
        values: [],
      });
      expect(await store.messages('u:bob', { limit: 10 })).toEqual([]);
      expect(await store.message('u:bob', 1)).toBeUndefined();
    });

    it('keeps everything when it is closed and opened again', async () => {
      await store.open(unexpected);
      const self = { uid: 1, address: 'alice', name: 'Älice', dev: 9 };
      const bob = conversation('u:bob', {
        latest: message('u:bob', 3),
        unconfirmedRead: { receipt: 2, quiet: 3 },
        clearedAt: 1,
      });
      await store.apply([
        { put: 'device', record: { ...device, self } },
        { put: 'conversation', record: bob },
        { put: 'conversation', record: conversation('g:12') },
        ...put(message('u:bob', 1, { expiresAt: 5, ref: 2 ** 50, expired: true }), message('g:12', 1)),
      ]);
      const snapshot = await reopened();
      expect(snapshot.device).toEqual({ ...device, self });
      expect(snapshot.conversations).toHaveLength(2);
      expect(snapshot.conversations).toEqual(expect.arrayContaining([bob, conversation('g:12')]));
      expect(await store.message('u:bob', 1)).toEqual(
        message('u:bob', 1, { expiresAt: 5, ref: 2 ** 50, expired: true }),
      );
      expect(await store.messages('g:12', { limit: 10 })).toEqual([message('g:12', 1)]);
    });

    it('opens twice, and closes twice', async () => {
      await store.open(unexpected);
      await store.apply([{ put: 'device', record: device }]);
      expect((await store.open(unexpected)).device).toEqual(device);
      await store.close();
      await store.close();
    });

    it('replaces what has the same key', async () => {
      await store.open(unexpected);
      await store.apply([
        { put: 'conversation', record: conversation('u:bob') },
        ...put(message('u:bob', 1)),
      ]);
      const renamed = conversation('u:bob', { name: 'Robert' });
      const changed = message('u:bob', 1, { content: { text: 'other' } });
      await store.apply([{ put: 'conversation', record: renamed }, ...put(changed)]);
      expect(await store.messages('u:bob', { limit: 10 })).toEqual([changed]);
      expect((await reopened()).conversations).toEqual([renamed]);
    });

    it('hands out messages newest first, from and before an order', async () => {
      await store.open(unexpected);
      await store.apply(put(...[3, 1, 5, 2, 4].map((order) => message('u:bob', order))));
      await store.apply(put(message('u:bo', 9), message('u:bobby', 9), message('g:1', 9)));
      const read = async (range: { from?: number; before?: number; limit: number }) =>
        orders(await store.messages('u:bob', range));
      expect(await read({ limit: 10 })).toEqual([5, 4, 3, 2, 1]);
      expect(await read({ limit: 2 })).toEqual([5, 4]);
      expect(await read({ before: 4, limit: 2 })).toEqual([3, 2]);
      expect(await read({ from: 2, limit: 10 })).toEqual([5, 4, 3, 2]);
      expect(await read({ from: 2, before: 4, limit: 10 })).toEqual([3, 2]);
      expect(await read({ from: 4, before: 4, limit: 10 })).toEqual([]);
      expect(await read({ from: 5, before: 2, limit: 10 })).toEqual([]);
      expect(await read({ limit: 0 })).toEqual([]);
    });

    it('tells orders apart that lie between two places, and those of the outbox', async () => {
      await store.open(unexpected);
      const first = outboxOrder(1_790_000_000_000);
      const sorted = [3, orderBehind(3, 1), orderBehind(3, 2), 4, first, first + 1];
      await store.apply(put(...sorted.toReversed().map((order) => message('u:bob', order))));
      expect(orders(await store.messages('u:bob', { limit: 10 }))).toEqual(sorted.toReversed());
      for (const order of sorted) {
        expect(
          orders(await store.messages('u:bob', { from: order, before: nextOrder(order), limit: 9 })),
        ).toEqual([order]);
        expect(await store.message('u:bob', order)).toMatchObject({ order });
      }
    });

    it('finds what waits in the outbox, in the order of sending, over all conversations', async () => {
      await store.open(unexpected);
      const waiting = (id: ConversationId, pending: number) =>
        message(id, outboxOrder(pending), { id: pending, pending, outgoing: true, expiry: 60 });
      await store.apply(put(waiting('u:bob', 30), waiting('g:1', 10), waiting('u:carol', 20)));
      await store.apply(put(message('u:bob', 1), message('u:bob', 2)));
      const { outbox } = await reopened();
      expect(outbox).toEqual([waiting('g:1', 10), waiting('u:carol', 20), waiting('u:bob', 30)]);

      const gone = { conversation: 'g:1', from: outboxOrder(10), before: outboxOrder(11) } as const;
      await store.apply([{ remove: 'messages', ...gone }, ...put(message('g:1', 1, { id: 10 }))]);
      expect((await reopened()).outbox.map(({ pending }) => pending)).toEqual([20, 30]);
    });

    it('keeps values by their keys', async () => {
      await store.open(unexpected);
      const draft = { key: 'draft:peer/bob', value: { text: 'Hm', data: new Uint8Array([1]) }, unsent: 3 };
      const removed = { key: 'cleared:peer/bob', unsent: 4 };
      await store.apply([
        { put: 'value', record: { ...draft, value: 'older' } },
        { put: 'value', record: { key: 'gone', value: true } },
        { put: 'value', record: draft },
        { put: 'value', record: removed },
        { remove: 'value', key: 'gone' },
        { remove: 'value', key: 'never there' },
      ]);
      const { values } = await reopened();
      expect(values).toHaveLength(2);
      expect(values).toEqual(expect.arrayContaining([draft, removed]));
    });

    it('knows which messages disappear first, over all conversations', async () => {
      await store.open(unexpected);
      await store.apply(
        put(
          message('u:bob', 1, { disappearsAt: 30 }),
          message('u:bob', 2),
          message('g:1', 1, { disappearsAt: 10 }),
          message('u:carol', 7, { disappearsAt: 20 }),
        ),
      );
      const first = async (limit: number) => (await store.disappearing(limit)).map((one) => one.disappearsAt);
      expect(await first(9)).toEqual([10, 20, 30]);
      expect(await first(2)).toEqual([10, 20]);
      await store.apply([
        { remove: 'messages', conversation: 'g:1', from: 1, before: 2 },
        ...put(message('u:carol', 7), message('u:bob', 2, { disappearsAt: 25 })),
      ]);
      await reopened();
      expect(await first(9)).toEqual([25, 30]);
      expect(await store.disappearing(1)).toEqual([message('u:bob', 2, { disappearsAt: 25 })]);
    });

    it('removes a range of one conversation', async () => {
      await store.open(unexpected);
      await store.apply(put(...[1, 2, 3, 4].map((order) => message('u:bob', order)), message('u:carol', 2)));
      await store.apply([{ remove: 'messages', conversation: 'u:bob', from: 2, before: 4 }]);
      expect(orders(await store.messages('u:bob', { limit: 10 }))).toEqual([4, 1]);
      expect(orders(await store.messages('u:carol', { limit: 10 }))).toEqual([2]);
      const all = { from: 0, before: Number.POSITIVE_INFINITY };
      await store.apply([{ remove: 'messages', conversation: 'u:bob', ...all }]);
      expect(await store.messages('u:bob', { limit: 10 })).toEqual([]);
    });

    it('keeps profiles by their users', async () => {
      await store.open(unexpected);
      const profile = (user: string, status: string) => ({
        user,
        profile: {
          user,
          name: user,
          status,
          tag: '1',
          picture: { url: 'https://a.example/b', thumbnail: Uint8Array.of(1) },
        },
        at: 5,
      });
      await store.apply([
        { put: 'profile', record: profile('bob', 'older') },
        { put: 'profile', record: profile('carol', 'one') },
        { put: 'profile', record: profile('bob', 'newer') },
      ]);
      await reopened();
      const found = await store.profiles(['carol', 'nobody', 'bob']);
      expect(found).toHaveLength(2);
      expect(found).toEqual(expect.arrayContaining([profile('bob', 'newer'), profile('carol', 'one')]));
      await store.apply([{ remove: 'everything' }]);
      expect(await store.profiles(['bob'])).toEqual([]);
    });

    it('can be emptied, and filled in the same transaction', async () => {
      await store.open(unexpected);
      await store.apply([
        { put: 'device', record: device },
        { put: 'conversation', record: conversation('u:bob') },
        ...put(message('u:bob', 1, { disappearsAt: 5 })),
        { put: 'value', record: { key: 'draft:peer/bob', value: 1 } },
      ]);
      const next = { ...device, device: 'e'.repeat(32) };
      await store.apply([{ remove: 'everything' }, { put: 'device', record: next }]);
      expect(await store.messages('u:bob', { limit: 10 })).toEqual([]);
      expect(await store.disappearing(9)).toEqual([]);
      expect(await reopened()).toEqual({ device: next, conversations: [], outbox: [], values: [] });
    });

    it('carries out changes in order, and calls in the order in which they were made', async () => {
      await store.open(unexpected);
      const one = { conversation: 'u:bob', from: 1, before: 2 } as const;
      const later = message('u:bob', 1, { content: { text: 'later' } });
      const calls = [
        store.apply([...put(message('u:bob', 1)), { remove: 'messages', ...one }]),
        store.apply(put(message('u:bob', 1))),
        store.apply(put(later)),
      ];
      expect(await store.messages('u:bob', { limit: 10 })).toEqual([later]);
      await Promise.all(calls);
    });

    it('takes changes while it is being read', async () => {
      await store.open(unexpected);
      await store.apply(put(...[1, 2, 3, 4, 5].map((order) => message('u:bob', order))));
      const reading = store.messages('u:bob', { limit: 10 });
      await store.apply([{ remove: 'messages', conversation: 'u:bob', from: 0, before: 6 }]);
      expect(orders(await reading)).toEqual([5, 4, 3, 2, 1]);
    });

    it('refuses to work when it is closed', async () => {
      await store.open(unexpected);
      await store.close();
      const refusal = expect.objectContaining({ code: 'UNAVAILABLE' });
      await expect(store.apply(put(message('u:bob', 1)))).rejects.toEqual(refusal);
      await expect(store.messages('u:bob', { limit: 1 })).rejects.toEqual(refusal);
    });

    it('holds the same as the one in memory, whatever is done', async () => {
      const ids = constantFrom<ConversationId>('u:bob', 'u:carol', 'g:1');
      const order = oneof(
        integer({ min: 1, max: 12 }),
        integer({ min: 1, max: 12 }).map((place) => orderBehind(place, 5)),
        integer({ min: 1, max: 12 }).map(outboxOrder),
      );
      const change = oneof(
        {
          weight: 4,
          arbitrary: record({ put: constant('message' as const), id: ids, order, waits: boolean() }),
        },
        {
          weight: 2,
          arbitrary: record({ remove: constant('messages' as const), id: ids, from: order, before: order }),
        },
        {
          weight: 1,
          arbitrary: record({
            put: constant('conversation' as const),
            id: ids,
            name: constantFrom('a', 'b'),
          }),
        },
      ).map((one): Change => {
        if ('remove' in one)
          return { remove: 'messages', conversation: one.id, from: one.from, before: one.before };
        if (one.put === 'conversation') {
          return { put: 'conversation', record: conversation(one.id, { name: one.name }) };
        }
        return {
          put: 'message',
          record: message(one.id, one.order, one.waits ? { pending: Math.floor(one.order) } : {}),
        };
      });
      await assert(
        asyncProperty(array(array(change, { maxLength: 6 }), { maxLength: 6 }), async (batches) => {
          const model = memoryStore();
          await Promise.all([store.open(unexpected), model.open(unexpected)]);
          await store.apply([{ remove: 'everything' }]);
          for (const batch of batches) {
            await store.apply(batch);
            await model.apply(batch);
          }
          for (const id of ['u:bob', 'u:carol', 'g:1'] as const) {
            for (const range of [{ limit: 99 }, { from: 3, before: 9, limit: 2 }]) {
              expect(await store.messages(id, range)).toEqual(await model.messages(id, range));
            }
          }
          const [is, should] = [await store.open(unexpected), await model.open(unexpected)];
          const byId = (a: ConversationRecord, b: ConversationRecord) => a.id.localeCompare(b.id);
          expect([...is.conversations].sort(byId)).toEqual([...should.conversations].sort(byId));
          const keys = ({ outbox }: typeof is) =>
            outbox.map((one) => `${one.pending} ${one.conversation} ${one.order}`).sort();
          expect(keys(is)).toEqual(keys(should));
        }),
        { numRuns: 30 },
      );
    });
  });
}
