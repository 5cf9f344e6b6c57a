import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { putting } from './group-fixture.ts';
import { bytes, newMessage, newPair, now, type OpenStore, randomHash, useStore } from './store-under-test.ts';

const day = 24 * 3600 * 1000;

export function describeFiles(open: OpenStore): void {
  describe('files', () => {
    const tested = useStore(open);
    /** Each test looks at files in a time of its own: they share a store. */
    let year = 0;

    async function setUp() {
      const { store } = tested;
      const pair = await newPair(store);
      const start = now + ++year * 365 * day;
      const { aid, alice, conversation } = pair;
      const own = new Set<string>();
      const add = async (more: { size?: number; uid?: number } = {}) => {
        const id = randomBytes(16).toString('hex');
        own.add(id);
        await store.files.add({
          id,
          aid,
          uid: alice,
          name: 'a',
          size: 7,
          now: start,
          checkAt: start + day,
          ...more,
        });
        return id;
      };
      const upload = async (size = 7) => {
        const id = await add({ size });
        await store.files.finish(id, { mime: 'image/png', size, sha256: randomHash() });
        return id;
      };
      const send = (id: number, more: object = {}) =>
        store.log.append(newMessage({ conversation, sender: alice, dev: 1, id, ...more }));
      const key = (id: number) => ({ sender: alice, dev: 1, id });
      /** Files of this test that are found unused at the time. */
      const unused = async (at: number, nextCheck = at + day) => {
        const found: string[] = [];
        for (;;) {
          const taken = await store.files.takeUnused({ now: at, nextCheck, limit: 2 });
          for (const id of taken.unused) if ((await store.files.remove(id)) && own.has(id)) found.push(id);
          if (taken.examined === 0) return found;
        }
      };
      return { ...pair, store, files: store.files, start, add, upload, send, key, unused };
    }

    it('are in use while they are the picture of a group, for its members', async () => {
      const { store, files, aid, alice, bob, start, upload, add, unused } = await setUp();
      const [id, unfinished] = [await upload(), await add()];
      const group = await store.groups.create({
        aid,
        name: 'Band',
        flags: 0,
        settings: { picture: id },
        expiresAt: null,
        extendSeconds: 0,
        members: [putting(alice)],
        now,
      });
      expect([await files.isPictureFor(id, alice), await files.isPictureFor(id, bob)]).toEqual([true, false]);
      expect(await unused(start + 2 * day)).toEqual([unfinished]);
      expect([await files.keep(id, start + 9 * day), await files.keep(unfinished, start)]).toEqual([
        true,
        false,
      ]);
      await store.groups.change(group, { now, deleted: true });
      expect(await files.isPictureFor(id, alice)).toBe(false);
      expect(await unused(start + 8 * day)).toEqual([]);
      expect(await unused(start + 10 * day)).toEqual([id]);
    });

    it('are kept with what is known when they are complete, once', async () => {
      const { files, aid, alice, start, add } = await setUp();
      const id = await add();
      const begun = { id, aid, uid: alice, name: 'a', mime: '', size: 7, sha256: null, createdAt: start };
      expect(await files.find(id)).toEqual(begun);
      const content = { mime: 'image/png', size: 9, sha256: randomHash() };
      expect(await files.finish(id, content)).toEqual({ ...begun, ...content });
      const again = { mime: 'text/html', size: 1, sha256: randomHash() };
      expect(await files.finish(id, again)).toEqual({ ...begun, ...content });
      expect(await files.finish('0'.repeat(32), content)).toBeUndefined();
    });

    it('are counted and listed for each user', async () => {
      const { files, alice, bob, add, upload } = await setUp();
      const ids = [await upload(5), await upload(6)].sort();
      await add({ size: 100 });
      await add({ uid: bob, size: 1000 });
      expect(await files.usage(alice)).toEqual({ bytes: 111, unfinished: 1 });
      const grown = await add({ size: 0 });
      await files.resize(grown, 7);
      await files.resize(ids[0] ?? '', 7);
      expect(await files.usage(alice)).toEqual({ bytes: 118, unfinished: 2 });
      const [first] = await files.list({ uid: alice, limit: 1 });
      expect(first?.id).toBe(ids[0]);
      const rest = await files.list({ uid: alice, limit: 9, after: ids[0] ?? '' });
      expect(rest.map(({ id }) => id)).toEqual([ids[1]]);
    });

    it('can be used when they are complete only', async () => {
      const { files, add, upload, key } = await setUp();
      expect(await files.use(await upload(), key(1), now)).toBe(true);
      expect(await files.use(await add(), key(1), now)).toBe(false);
      expect(await files.use('0'.repeat(32), key(1), now)).toBe(false);
    });

    it('are unused when no message came of their upload in time', async () => {
      const { start, add, upload, unused } = await setUp();
      const ids = [await add(), await upload()];
      expect(await unused(start + day - 1)).toEqual([]);
      expect((await unused(start + day)).sort()).toEqual(ids.sort());
    });

    it('are in use while a message names them, edited or not, and no longer than that', async () => {
      const { files, start, upload, send, key, unused } = await setUp();
      const [id, edited] = [await upload(), await upload()];
      for (const use of [1, 1, 2]) await files.use(id, key(use), start + 2 * day);
      await files.use(edited, key(3), start + day);
      await send(1);
      const { seq } = await send(2);
      await send(3, { change: { event: 'edit', target: seq } });
      expect(await unused(start + 3 * day)).toEqual([]);
      await send(4, { change: { event: 'recall', target: seq } });
      expect(await unused(start + 4 * day)).toEqual([edited]);
      await send(5, { change: { event: 'recall', target: 1 } });
      expect(await unused(start + 5 * day)).toEqual([id]);
    });

    it('are in use while a message waits for its time', async () => {
      const { store, files, start, upload, key, unused } = await setUp();
      const id = await upload();
      await files.use(id, key(1), start + day);
      await store.schedule.add({ ...key(1), at: start + 100 * day, payload: bytes('x'), limit: 9 });
      expect(await unused(start + 2 * day)).toEqual([]);
      await store.schedule.cancel(key(1), start);
      expect(await unused(start + 3 * day)).toEqual([id]);
    });

    it('that are promised to a message are not looked at meanwhile', async () => {
      const { files, start, upload, key, unused } = await setUp();
      const id = await upload();
      await files.use(id, key(1), start + 3 * day);
      expect(await unused(start + 2 * day)).toEqual([]);
      await files.use(id, key(2), start);
      expect(await unused(start + 3 * day)).toEqual([id]);
    });

    it('that are unused are hidden, and returned until they are removed', async () => {
      const { files, alice, start, upload, key } = await setUp();
      const id = await upload();
      const take = () => files.takeUnused({ now: start + day, nextCheck: start + 2 * day, limit: 9 });
      expect([await take(), await take()]).toMatchObject([{ unused: [id] }, { unused: [id] }]);
      expect(await files.find(id)).toBeUndefined();
      expect(await files.use(id, key(1), start + 9 * day)).toBe(false);
      expect(await files.usage(alice)).toEqual({ bytes: 0, unfinished: 0 });
      expect(await files.list({ uid: alice, limit: 9 })).toEqual([]);
      expect([await files.remove(id), await files.remove(id)]).toEqual([true, false]);
      expect((await take()).unused).toEqual([]);
    });

    it('of a user can be looked at next', async () => {
      const { files, alice, start, upload, unused } = await setUp();
      const id = await upload();
      await files.checkSoon(alice);
      expect(await unused(start)).toEqual([id]);
    });

    it('are found in the conversations of both sides, and of nobody else', async () => {
      const { store, files, alice, bob, upload, send, key } = await setUp();
      const other = await newPair(store);
      const id = await upload();
      await files.use(id, key(1), now);
      const places = (uid: number) => files.places({ file: id, uid, limit: 9 });
      expect(await places(bob)).toEqual([]);
      const { conv, seq } = await send(1);
      expect([await places(alice), await places(bob)]).toEqual(
        Array(2).fill([{ conv, seq, isGroup: false }]),
      );
      expect(await places(other.alice)).toEqual([]);
      await send(2, { change: { event: 'recall', target: seq } });
      expect(await places(bob)).toEqual([]);
    });
  });
}
