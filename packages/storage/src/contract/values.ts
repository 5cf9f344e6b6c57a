import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  newApp,
  newMessage,
  newPair,
  newUser,
  now,
  type OpenStore,
  useStore,
} from './store-under-test.ts';

export function describeValues(open: OpenStore): void {
  describe('values that the devices of a user share', () => {
    const tested = useStore(open);

    async function setUp() {
      const pair = await newPair(tested.store);
      const set = (values: Record<string, string | null>, limit = 100) =>
        tested.store.values.set({
          uid: pair.alice,
          values: Object.entries(values).map(([key, value]) => ({ key, value: bytesOf(value) })),
          limit,
          now,
        });
      const get = async (key: string) => textOf(await tested.store.values.get(pair.alice, key));
      const changed = async (position: number, limit = 100) => {
        const page = await tested.store.values.changed({ uid: pair.alice, position, limit });
        return { ...page, values: page.values.map(({ key, value }) => [key, textOf(value)]) };
      };
      return { ...pair, set, get, changed };
    }

    it('are kept by key, and the last one counts', async () => {
      const { set, get, bob } = await setUp();
      const first = await set({ a: 'one', b: 'two' });
      expect(await set({ a: 'three' })).toBeGreaterThan(first ?? Number.MAX_VALUE);
      expect([await get('a'), await get('b'), await get('c')]).toEqual(['three', 'two', undefined]);
      expect(await tested.store.values.get(bob, 'a')).toBeUndefined();
    });

    it('keep any key and an empty value', async () => {
      const { set, get } = await setUp();
      await set({ 'draft:peer/Ω 😀"\\%_*': '' });
      expect(await get('draft:peer/Ω 😀"\\%_*')).toBe('');
    });

    it('are listed by the beginning of their keys, in pages', async () => {
      const { set, alice } = await setUp();
      await set({ 'b:2': 'x', 'b:1': 'y', a: 'z', 'b:3': 'w', c: 'v', 'b;': 'u', 'b:Ω': 't' });
      await set({ 'b:2': null });
      const list = async (limit: number, after?: string) => {
        const query = { uid: alice, prefix: 'b:', limit, ...(after && { after }) };
        return (await tested.store.values.list(query)).map(({ key, value }) => [key, textOf(value)]);
      };
      expect(await list(10)).toEqual([
        ['b:1', 'y'],
        ['b:3', 'w'],
        ['b:Ω', 't'],
      ]);
      expect(await list(1, 'b:1')).toEqual([['b:3', 'w']]);
    });

    it('that changed since a position are told in order, removed ones too', async () => {
      const { set, changed, alice } = await setUp();
      await set({ a: '1', b: '2' });
      const { position } = await changed(0);
      const told = await set({ c: '3' });
      const page = await tested.store.values.changed({ uid: alice, position, limit: 1 });
      expect(page.values).toMatchObject([{ key: 'c', position: told }]);
      await set({ a: null });
      await set({ b: '4' });
      expect((await changed(position)).values).toEqual([
        ['c', '3'],
        ['a', undefined],
        ['b', '4'],
      ]);
      const after = await changed(position);
      expect(await changed(after.position)).toEqual({ position: after.position, values: [] });
    });

    it('share their position with conversations', async () => {
      const { set, changed, alice, conversation } = await setUp();
      await set({ a: '1' });
      const query = { uid: alice, dev: 0, limit: 10 };
      const before = await tested.store.cursors.changed({ ...query, position: 0 });
      expect((await changed(before.position)).values).toEqual([]);
      await Promise.all([
        tested.store.log.append(newMessage({ conversation, sender: alice })),
        set({ b: '2' }),
        tested.store.log.append(newMessage({ conversation, sender: alice })),
      ]);
      expect((await changed(before.position)).values).toEqual([['b', '2']]);
      const after = await tested.store.cursors.changed({ ...query, position: before.position });
      expect(after.position).toBeGreaterThan(before.position);
      expect(after.conversations).toHaveLength(1);
      expect((await changed(after.position)).values).toEqual([]);
      const nothing = await tested.store.cursors.changed({ ...query, position: after.position });
      expect(nothing.conversations).toEqual([]);
    });

    it('come in pages, also those of one change', async () => {
      const { set, alice } = await setUp();
      await set({ e: '1', d: '1', c: '1', b: '1', a: '1' });
      await set({ d: '2' });
      const keys: string[] = [];
      let after: { position: number; key: string } | undefined;
      do {
        const query = { uid: alice, position: 0, limit: 2, ...(after && { after }) };
        const { values } = await tested.store.values.changed(query);
        keys.push(...values.map(({ key }) => key));
        after = values.at(-1);
      } while (after !== undefined && keys.length < 20);
      expect(keys).toEqual(['a', 'b', 'c', 'e', 'd']);
    });

    it('that are not there are not removed, and leave no mark', async () => {
      const { set, changed } = await setUp();
      await set({ a: '1' });
      const { position } = await changed(0);
      await set({ b: null });
      expect((await changed(position)).values).toEqual([]);
    });

    it('are bounded in number: marks of removed ones make room, nothing else does', async () => {
      const { set, get, changed } = await setUp();
      expect(await set({ a: '1', b: '1', c: '1' }, 3)).toBeGreaterThan(0);
      expect(await set({ d: '1' }, 3)).toBeUndefined();
      expect(await get('d')).toBeUndefined();
      expect(await set({ a: '2', b: '2' }, 3)).toBeGreaterThan(0);
      await set({ a: null, b: null }, 3);
      expect(await set({ d: '1', b: '3' }, 3)).toBeGreaterThan(0);
      expect((await changed(0)).values).toEqual([
        ['c', '1'],
        ['b', '3'],
        ['d', '1'],
      ]);
      expect(await set({ e: '1' }, 3)).toBeUndefined();
    });

    it('are gone with their user', async () => {
      const { set, get, changed, alice } = await setUp();
      await set({ a: '1' });
      await tested.store.users.remove(alice);
      expect(await get('a')).toBeUndefined();
      expect((await changed(0)).values).toEqual([]);
    });

    it('reach every device that catches up by positions, whatever happens in between', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const { aid } = await newApp(tested.store);
          const { uid } = await newUser(tested.store, aid, 'alice');
          const model = new Map<string, string>();
          const devices = [new Map<string, string>(), new Map<string, string>()];
          const positions = [0, 0];
          const catchUp = async (device: number): Promise<void> => {
            const since = positions[device] ?? 0;
            const page = await tested.store.values.changed({ uid, position: since, limit: 100 });
            positions[device] = page.position;
            for (const { key, value } of page.values) put(devices[device], key, textOf(value));
            expect(devices[device]).toEqual(model);
          };
          for (const [index, { set, device }] of steps.entries()) {
            const values = Object.entries(set).map(([key, kept]) => ({
              key,
              text: kept ? `${index}` : null,
            }));
            for (const { key, text } of values) put(model, key, text ?? undefined);
            await tested.store.values.set({
              uid,
              values: values.map(({ key, text }) => ({ key, value: bytesOf(text) })),
              limit: 100,
              now,
            });
            if (device < 2) await catchUp(device);
          }
          await Promise.all([catchUp(0), catchUp(1)]);
        }),
        { numRuns: 30 },
      );
    }, 60_000);
  });
}

const step = fc.record({
  set: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.boolean(), { minKeys: 1 }),
  device: fc.integer({ min: 0, max: 3 }),
});

function put(map: Map<string, string> | undefined, key: string, value: string | undefined): void {
  if (value === undefined) map?.delete(key);
  else map?.set(key, value);
}

const bytesOf = (text: string | null): Uint8Array | null => (text === null ? null : bytes(text));

function textOf(value: Uint8Array | null | undefined): string | undefined {
  return value ? new TextDecoder().decode(value) : undefined;
}
