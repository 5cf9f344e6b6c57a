import { describe, expect, it } from 'vitest';
import { type OpenStore, useStore } from './store-under-test.ts';

export function describeSettings(open: OpenStore): void {
  describe('settings', () => {
    const tested = useStore(open);

    it('keep the newest value', async () => {
      expect(await tested.store.settings.get('colour')).toBeUndefined();
      await tested.store.settings.set('colour', 'red');
      await tested.store.settings.set('colour', 'grün 🟢');
      expect(await tested.store.settings.get('colour')).toBe('grün 🟢');
      expect(await tested.store.settings.get('Colour')).toBeUndefined();
    });

    it('are set once by the first who asks', async () => {
      const values = await Promise.all(
        ['one', 'two', 'three'].map((value) => tested.store.settings.setOnce('key', value)),
      );
      // Who of several that ask at once is first is up to the database.
      const [first = ''] = values;
      expect(['one', 'two', 'three']).toContain(first);
      expect(values).toEqual([first, first, first]);
      expect(await tested.store.settings.get('key')).toBe(first);
      expect(await tested.store.settings.setOnce('key', 'four')).toBe(first);
    });
  });
}
