import { describe, expect, it } from 'vitest';
import { bytes, newApp, newUser, now, type OpenStore, randomHash, useStore } from './store-under-test.ts';

export function describeProfiles(open: OpenStore): void {
  describe('profiles', () => {
    const tested = useStore(open);
    let files = 0;

    async function newAlice() {
      const { store } = tested;
      const { aid } = await newApp(store);
      const { uid } = await newUser(store, aid, 'alice');
      return { aid, uid };
    }

    async function newFile(aid: number, uid: number): Promise<string> {
      files += 1;
      const id = `profile-file-${uid}-${files}`;
      await tested.store.files.add({ id, aid, uid, name: 'a.png', size: 1, now, checkAt: now });
      await tested.store.files.finish(id, { mime: 'image/png', size: 1, sha256: randomHash() });
      return id;
    }

    const plain = (uid: number, version: number, text: string) => ({
      uid,
      version,
      document: bytes(text),
      picture: null,
      search: null,
      checkAt: now,
    });

    it('are kept, and replaced by whoever has read the latest', async () => {
      const { aid, uid } = await newAlice();
      const bob = await newUser(tested.store, aid, 'bob');
      const { profiles } = tested.store;
      expect(await profiles.find([uid, bob.uid])).toEqual([]);
      expect(await profiles.put(plain(uid, 0, 'one'))).toBe(1);
      expect(await profiles.put(plain(uid, 0, 'late'))).toBeUndefined();
      expect(await profiles.put(plain(uid, 1, 'two'))).toBe(2);
      expect(await profiles.put(plain(uid, 1, 'late'))).toBeUndefined();
      expect(await profiles.find([uid, bob.uid])).toEqual([
        { uid, version: 2, document: bytes('two'), picture: null },
      ]);
      expect(await profiles.find([])).toEqual([]);
      expect(await profiles.put(plain(bob.uid, 1, 'never seen'))).toBeUndefined();
    });

    it('keep the file of their picture in use, and no file that is gone', async () => {
      const { aid, uid } = await newAlice();
      const { profiles, files } = tested.store;
      const [first, second] = [await newFile(aid, uid), await newFile(aid, uid)];
      const unused = async () => {
        await files.checkSoon(uid);
        return (await files.takeUnused({ now: now + 1, nextCheck: now + 2, limit: 1_000 })).unused;
      };
      expect(await profiles.put({ ...plain(uid, 0, 'one'), picture: first })).toBe(1);
      expect(await profiles.put({ ...plain(uid, 1, 'two'), picture: 'nothing' })).toBeUndefined();
      const gone = await unused();
      expect([gone.includes(first), gone.includes(second)]).toEqual([false, true]);
      expect(await profiles.put({ ...plain(uid, 1, 'two'), picture: second })).toBeUndefined();
      expect(await profiles.find([uid])).toMatchObject([{ version: 1, picture: first }]);
      expect(await profiles.put(plain(uid, 1, 'two'))).toBe(2);
      expect(await unused()).toContain(first);
    });

    it('have nobody look at a file before it is theirs', async () => {
      const { aid, uid } = await newAlice();
      const { profiles, files } = tested.store;
      const id = await newFile(aid, uid);
      await profiles.put({ ...plain(uid, 0, 'one'), picture: id, checkAt: now + 100 });
      await profiles.put(plain(uid, 1, 'two'));
      expect((await files.takeUnused({ now: now + 50, nextCheck: now, limit: 1_000 })).unused).not.toContain(
        id,
      );
    });

    it('are found by the beginning of what is searched for, page by page', async () => {
      const { aid, uid } = await newAlice();
      const { profiles } = tested.store;
      const named = async (name: string, search: string | null) => {
        const user = await newUser(tested.store, aid, name);
        await profiles.put({ ...plain(user.uid, 0, name), search });
        return { uid: user.uid, search: search ?? '' };
      };
      await profiles.put({ ...plain(uid, 0, 'alice'), search: null });
      const anna = await named('anna', 'anna');
      const [anne, second] = [await named('anne', 'anne €'), await named('second', 'anna')];
      await named('bert', 'bert');
      await named('hidden', null);
      const first = await profiles.search({ aid, prefix: 'ann', limit: 2 });
      expect(first).toEqual([anna, second]);
      expect(await profiles.search({ aid, prefix: 'ann', after: second, limit: 2 })).toEqual([anne]);
      expect(await profiles.search({ aid, prefix: 'anne €', limit: 2 })).toEqual([anne]);
      expect(await profiles.search({ aid: aid + 1_000, prefix: 'ann', limit: 2 })).toEqual([]);
    });

    it('go with their user', async () => {
      const { uid } = await newAlice();
      const { profiles, users } = tested.store;
      await profiles.put(plain(uid, 0, 'one'));
      await users.remove(uid);
      expect(await profiles.find([uid])).toEqual([]);
      expect(await profiles.put(plain(uid, 0, 'again'))).toBeUndefined();
    });

    it('go when their user is erased', async () => {
      const { uid } = await newAlice();
      const { profiles, erasures } = tested.store;
      await profiles.put(plain(uid, 0, 'one'));
      await erasures.begin(uid, `erased-${uid}`);
      expect(await profiles.find([uid])).toEqual([]);
    });
  });
}
