import type { SettingStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

export function createSettingStore(database: SqlDatabase): SettingStore {
  const { query } = database;
  const selectValue = (name: string) =>
    query.selectFrom('settings').select('value').where('name', '=', name).compile();

  return {
    async get(name) {
      const [row] = await database.read(selectValue(name));
      return row?.value;
    },

    async set(name, value) {
      await database.write(
        query
          .insertInto('settings')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .compile(),
      );
    },

    async setOnce(name, value) {
      const [, [row]] = await database.write(
        query
          .insertInto('settings')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .compile(),
        selectValue(name),
      );
      return row?.value ?? value;
    },
  };
}
