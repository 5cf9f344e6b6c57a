import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SparseMap } from './sparse-map.ts';

it('is a map, whatever is done with it', () => {
  const key = fc.integer({ min: 0, max: 3 });
  const step = fc.oneof(
    fc.record({ type: fc.constant('set' as const), key, value: fc.integer() }),
    fc.record({ type: fc.constant('delete' as const), key }),
    fc.record({ type: fc.constant('clear' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const map = new Map<number, number>();
      const sparse = new SparseMap<number, number>();
      for (const one of steps) {
        for (const each of [map, sparse]) {
          if (one.type === 'clear') each.clear();
          else if (one.type === 'delete') each.delete(one.key);
          else each.set(one.key, one.value);
        }
        expect(sparse.size).toBe(map.size);
        expect([...sparse.keys()]).toEqual([...map.keys()]);
        expect([...sparse.values()]).toEqual([...map.values()]);
        for (const at of [0, 1, 2, 3]) {
          expect(sparse.has(at)).toBe(map.has(at));
          expect(sparse.get(at)).toBe(map.get(at));
        }
      }
    }),
  );
});
