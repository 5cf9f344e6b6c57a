import { type Selectable, sql } from 'kysely';
import type { User, UserStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { prepared } from './prepared.ts';
import { removeUser } from './remove-user.ts';
import type { UsersTable } from './tables.ts';

/** Written out, not bound as a parameter: otherwise the index of those who are present could not be used. */
const isPresent = sql<boolean>`removed = 0`;

export function createUserStore(database: SqlDatabase): UserStore {
  const { query } = database;
  const present = query.selectFrom('users').selectAll().where(isPresent);
  const byAddress = prepared<{ aid: number; address: string }>()((value) =>
    present.where('aid', '=', value('aid')).where('address', '=', value('address')),
  );
  const byUid = prepared<{ uid: number }>()((value) =>
    query.selectFrom('users').selectAll().where('uid', '=', value('uid')),
  );

  return {
    async upsert({ aid, address, now, ...given }) {
      const values = { aid, address, created_at: now, name: '', active: 1, flag: 0, ...columns(given) };
      const names = Object.keys(values) as (keyof typeof values)[];
      // Not tried when he exists: a row that conflicts would use up one of the uids all the same, which are bounded.
      const isMissing = query
        .selectNoFrom(({ val }) => names.map((name) => val(values[name]).as(name)))
        .where(({ not, exists }) =>
          not(exists(present.where('aid', '=', aid).where('address', '=', address))),
        );
      // The second statement changes what was there, and nothing in a row that the first one has just made.
      const [inserted, [row]] = await database.write(
        query
          .insertInto('users')
          .columns(names)
          .expression(isMissing)
          .onConflict((conflict) => conflict.columns(['aid', 'address']).where(isPresent).doNothing())
          .returning('uid')
          .compile(),
        query
          .updateTable('users')
          .set({ removed: 0, ...columns(given) })
          .where('aid', '=', aid)
          .where('address', '=', address)
          .where(isPresent)
          .returningAll()
          .compile(),
      );
      if (row === undefined) throw new Error('The database returned no row for a user that it has.');
      return { user: toUser(row), created: inserted.length > 0 };
    },

    async findByAddress(aid, address) {
      const [row] = await database.read(byAddress({ aid, address }));
      return row && toUser(row);
    },

    async find(uid) {
      const [row] = await database.read(byUid({ uid }));
      return row && toUser(row);
    },

    async update(uid, change) {
      const [[row]] = await database.write(
        query
          .updateTable('users')
          .set({ removed: 0, ...columns(change) })
          .where('uid', '=', uid)
          .where(isPresent)
          .returningAll()
          .compile(),
      );
      return row && toUser(row);
    },

    async remove(uid) {
      const [removed] = await database.write(
        query
          .updateTable('users')
          .set({ removed: 1 })
          .where('uid', '=', uid)
          .where(isPresent)
          .returning('uid')
          .compile(),
        ...removeUser(query, uid),
      );
      return removed.length > 0;
    },

    async list({ aid, pattern, after, limit }) {
      let users = present.where('aid', '=', aid);
      if (pattern !== undefined) users = users.where(database.addressMatches(pattern));
      if (after !== undefined) users = users.where('address', '>', after);
      const rows = await database.read(users.orderBy('address').limit(limit).compile());
      return rows.map(toUser);
    },
  };
}

/** The columns of the fields that are given; none of them is no statement, hence `removed: 0` beside it. */
function columns(fields: Parameters<UserStore['update']>[1]) {
  return {
    ...(fields.name !== undefined && { name: fields.name }),
    ...(fields.active !== undefined && { active: Number(fields.active) }),
    ...(fields.flag !== undefined && { flag: fields.flag }),
    ...(fields.lastSeen !== undefined && { last_seen: fields.lastSeen }),
    ...(fields.maxGroups !== undefined && { max_groups: fields.maxGroups }),
  };
}

function toUser(row: Selectable<UsersTable>): User {
  return {
    uid: row.uid,
    aid: row.aid,
    address: row.address,
    name: row.name,
    active: row.active === 1,
    flag: row.flag,
    createdAt: row.created_at,
    lastSeen: row.last_seen,
    removed: row.removed === 1,
    maxGroups: row.max_groups,
  };
}
