import { type Selectable, sql } from 'kysely';
import type { ProfileRecord, ProfileStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import type { ProfilesTable } from './tables.ts';

export function createProfileStore(database: SqlDatabase): ProfileStore {
  const { query } = database;
  const nullable = (value: string | null) => sql<string | null>`cast(${value} as text)`;

  return {
    async find(uids) {
      if (uids.length === 0) return [];
      const rows = await database.read(
        query.selectFrom('profiles').selectAll().where('uid', 'in', uids).compile(),
      );
      return rows.map(toRecord);
    },

    async search({ aid, prefix, after, limit }) {
      let found = query
        .selectFrom('profiles')
        .select(['uid', 'search'])
        .where('aid', '=', aid)
        .where('search', 'is not', null)
        .where('search', '>=', prefix)
        .where('search', '<', `${prefix}\u{10ffff}`);
      if (after !== undefined) {
        found = found.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('search', 'uid'), '>', tuple(after.search, after.uid)),
        );
      }
      const rows = await database.read(found.orderBy('search').orderBy('uid').limit(limit).compile());
      return rows.map(({ uid, search }) => ({ uid, search: search ?? '' }));
    },

    async put({ uid, version, document, picture, search, checkAt }) {
      const file = query
        .selectFrom('files')
        .select('id')
        .where('id', '=', picture)
        .where('state', '=', stored);
      let owner = query
        .selectFrom('users')
        .select([
          'uid',
          'aid',
          sql<number>`1`.as('version'),
          sql<Uint8Array>`${document}`.as('document'),
          nullable(picture).as('picture'),
          nullable(search).as('search'),
        ])
        .where('uid', '=', uid)
        .where('removed', '=', 0);
      if (picture !== null) owner = owner.where(({ exists }) => exists(file));
      if (version > 0) {
        const known = query.selectFrom('profiles').select('profiles.uid').where('profiles.uid', '=', uid);
        owner = owner.where(({ exists }) => exists(known));
      }
      const [, [row]] = await database.write(
        query
          .updateTable('files')
          .set({ check_at: sql<number>`case when check_at < ${checkAt} then ${checkAt} else check_at end` })
          .where('id', '=', picture)
          .where('state', '=', stored)
          .compile(),
        query
          .insertInto('profiles')
          .columns(['uid', 'aid', 'version', 'document', 'picture', 'search'])
          .expression(owner)
          .onConflict((conflict) =>
            conflict
              .column('uid')
              .doUpdateSet(({ ref }) => ({
                version: version + 1,
                document: ref('excluded.document'),
                picture: ref('excluded.picture'),
                search: ref('excluded.search'),
              }))
              .where('profiles.version', '=', version),
          )
          .returning('version')
          .compile(),
      );
      return row?.version;
    },
  };
}

/** The state of a file that is complete and stays. */
const stored = 1;

const toRecord = ({ uid, version, document, picture }: Selectable<ProfilesTable>): ProfileRecord => ({
  uid,
  version,
  document,
  picture,
});
