import type { Selectable } from 'kysely';
import type { TokenStore, UserToken } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { prepared } from './prepared.ts';
import type { TokensTable } from './tables.ts';

export function createTokenStore(database: SqlDatabase): TokenStore {
  const { query } = database;
  const byHash = prepared<{ hash: Uint8Array }>()((value) =>
    query
      .selectFrom('tokens')
      .innerJoin('apps', 'apps.aid', 'tokens.aid')
      .selectAll('tokens')
      .where('tokens.hash', '=', value('hash'))
      // An app that is being removed has no users any more, although its rows go little by little.
      .where('apps.removed', '=', 0),
  );

  return {
    async add(token) {
      const [[row]] = await database.write(
        query
          .insertInto('tokens')
          .values({
            uid: token.uid,
            aid: token.aid,
            hash: token.hash,
            app_name: token.appName,
            expires_at: token.expiresAt,
            created_at: token.now,
          })
          .returningAll()
          .compile(),
      );
      if (row === undefined) throw new Error('The database returned no row for a new token.');
      return toToken(row);
    },

    async find(hash) {
      const [row] = await database.read(byHash({ hash }));
      return row && toToken(row);
    },

    async list(uid) {
      const rows = await database.read(
        query.selectFrom('tokens').selectAll().where('uid', '=', uid).orderBy('id').compile(),
      );
      return rows.map(toToken);
    },

    async removeById(uid, id) {
      const [removed] = await database.write(
        query.deleteFrom('tokens').where('uid', '=', uid).where('id', '=', id).returning('id').compile(),
        query
          .deleteFrom('push_registrations')
          .where('uid', '=', uid)
          .where('dev', 'in', ({ selectFrom }) =>
            selectFrom('devices')
              .select('devices.dev')
              .where('devices.uid', '=', uid)
              .where('token_id', '=', id),
          )
          .compile(),
      );
      return removed.length > 0;
    },

    async removeAll(uid) {
      const [removed] = await database.write(
        query.deleteFrom('tokens').where('uid', '=', uid).returning('id').compile(),
        query.deleteFrom('push_registrations').where('uid', '=', uid).compile(),
      );
      return removed.length;
    },

    async sweep(now, limit) {
      const expired = query
        .selectFrom('tokens')
        .select('id')
        .where('expires_at', '<', now)
        .orderBy('expires_at')
        .limit(limit);
      const [removed] = await database.write(
        query.deleteFrom('tokens').where('id', 'in', expired).returning('id').compile(),
      );
      return removed.length;
    },
  };
}

function toToken(row: Selectable<TokensTable>): UserToken {
  return {
    id: row.id,
    uid: row.uid,
    aid: row.aid,
    appName: row.app_name,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  };
}
