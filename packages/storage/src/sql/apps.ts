import type { Selectable } from 'kysely';
import type { App, AppStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { prepared } from './prepared.ts';
import { purgeApp } from './purge-app.ts';
import type { AppsTable } from './tables.ts';

export function createAppStore(database: SqlDatabase): AppStore {
  const { query } = database;
  const present = query.selectFrom('apps').selectAll().where('removed', '=', 0);
  const byAid = prepared<{ aid: number }>()((value) => present.where('aid', '=', value('aid')));
  const byToken = prepared<{ hash: Uint8Array }>()((value) =>
    present.where('token_hash', '=', value('hash')),
  );

  return {
    async create({ name, tokenHash, now }) {
      const [[row]] = await database.write(
        query
          .insertInto('apps')
          .values({ name, token_hash: tokenHash, created_at: now })
          .returningAll()
          .compile(),
      );
      if (row === undefined) throw new Error('The database returned no row for a new app.');
      return toApp(row);
    },

    async find(aid) {
      const [row] = await database.read(byAid({ aid }));
      return row && toApp(row);
    },

    async findByToken(tokenHash) {
      const [row] = await database.read(byToken({ hash: tokenHash }));
      return row && toApp(row);
    },

    async list() {
      const rows = await database.read(present.orderBy('aid').compile());
      return rows.map(toApp);
    },

    async update(aid, change) {
      const [[row]] = await database.write(
        query
          .updateTable('apps')
          .set({
            removed: 0,
            ...(change.name !== undefined && { name: change.name }),
            ...(change.tokenHash !== undefined && { token_hash: change.tokenHash }),
            ...(change.settings !== undefined && { settings: JSON.stringify(change.settings) }),
          })
          .where('aid', '=', aid)
          .where('removed', '=', 0)
          .returningAll()
          .compile(),
      );
      return row && toApp(row);
    },

    async remove(aid) {
      const [marked] = await database.write(
        query
          .updateTable('apps')
          .set({ removed: 1, token_hash: null })
          .where('aid', '=', aid)
          .where('removed', '=', 0)
          .returning('aid')
          .compile(),
      );
      if (marked.length === 0) return false;
      await purgeApp(database, aid);
      return true;
    },
  };
}

function toApp(row: Selectable<AppsTable>): App {
  return {
    aid: row.aid,
    name: row.name,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
    createdAt: row.created_at,
  };
}
