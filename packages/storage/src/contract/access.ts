import { describe, expect, it } from 'vitest';
import { newApp, newUser, type OpenStore, useStore } from './store-under-test.ts';

export function describeAccess(open: OpenStore): void {
  describe('rules of access', () => {
    const tested = useStore(open);

    it('are kept by app and number, and only so many', async () => {
      const { aid } = await newApp(tested.store);
      const { access, apps } = tested.store;
      const put = (id: number, rules: string, limit = 5) => access.put({ aid, id, name: 'n', rules }, limit);
      expect([await put(0, '{}'), await put(7, '{"a":1}'), await put(8, '{}', 2)]).toEqual([
        true,
        true,
        false,
      ]);
      expect(await put(7, '{"a":2}', 2)).toBe(true);
      const own = async () => (await access.all()).filter((policy) => policy.aid === aid);
      expect(await own()).toEqual([
        { aid, id: 0, name: 'n', rules: '{}' },
        { aid, id: 7, name: 'n', rules: '{"a":2}' },
      ]);
      expect([await access.remove(aid, 7), await access.remove(aid, 7)]).toEqual([true, false]);
      await apps.remove(aid);
      expect(await own()).toEqual([]);
    });

    it('are given to users of the app, and end with them', async () => {
      const { aid } = await newApp(tested.store);
      const [{ uid }, other] = [await newUser(tested.store, aid, 'alice'), await newApp(tested.store)];
      const { access } = tested.store;
      await access.put({ aid, id: 7, name: '', rules: '{}' }, 5);
      await access.put({ aid: other.aid, id: 8, name: '', rules: '{}' }, 5);
      expect(await access.assigned(uid)).toBeUndefined();
      expect(await access.assign(uid, aid, 7)).toBe(true);
      expect([await access.assign(uid, aid, 9), await access.assign(uid, other.aid, 8)]).toEqual([
        false,
        false,
      ]);
      expect(await access.assigned(uid)).toBe(7);
      expect(await access.assign(uid, aid, null)).toBe(true);
      expect(await access.assigned(uid)).toBeUndefined();
      await access.assign(uid, aid, 7);
      await access.remove(aid, 7);
      expect(await access.assigned(uid)).toBeUndefined();
    });
  });
}
