import type { Selectable } from 'kysely';
import type { ErasureStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { emptyMessages } from './empty-messages.ts';
import { removeUser } from './remove-user.ts';
import type { ErasuresTable } from './tables.ts';

export function createErasureStore(database: SqlDatabase): ErasureStore {
  const { query } = database;
  async function emptyKeyed({ uid, dev, id }: Selectable<ErasuresTable>, limit: number): Promise<boolean> {
    const next = await database.read(
      query
        .selectFrom('messages')
        .select(['dev', 'id'])
        .where('sender', '=', uid)
        .where('id', 'is not', null)
        .where(({ eb, refTuple, tuple }) => eb(refTuple('dev', 'id'), '>', tuple(dev, id)))
        .orderBy('dev')
        .orderBy('id')
        .limit(limit)
        .compile(),
    );
    const last = next.at(-1);
    if (last === undefined || last.id === null) return false;
    const end = { dev: last.dev, id: last.id };
    await database.write(
      ...emptyMessages(database, 'erased', ({ and, eb, refTuple, tuple }) =>
        and([
          eb('sender', '=', uid),
          eb('id', 'is not', null),
          eb(refTuple('dev', 'id'), '>', tuple(dev, id)),
          eb(refTuple('dev', 'id'), '<=', tuple(end.dev, end.id)),
        ]),
      ),
      query.updateTable('erasures').set(end).where('uid', '=', uid).compile(),
    );
    return true;
  }

  async function emptyUnkeyed({ uid, mid }: Selectable<ErasuresTable>, limit: number): Promise<boolean> {
    const next = await database.read(
      query
        .selectFrom('messages')
        .select('mid')
        .where('sender', '=', uid)
        .where('id', 'is', null)
        .where('mid', '>', mid)
        .orderBy('mid')
        .limit(limit)
        .compile(),
    );
    const last = next.at(-1)?.mid;
    if (last === undefined) return false;
    await database.write(
      ...emptyMessages(database, 'erased', ({ and, eb }) =>
        and([eb('sender', '=', uid), eb('id', 'is', null), eb('mid', '>', mid), eb('mid', '<=', last)]),
      ),
      query.updateTable('erasures').set({ mid: last }).where('uid', '=', uid).compile(),
    );
    return true;
  }

  /** What he has put on messages of others. */
  async function removeMarks(uid: number, limit: number): Promise<boolean> {
    const some = query
      .selectFrom('message_marks')
      .select(['mid', 'event', 'value', 'uid'])
      .where('uid', '=', uid)
      .limit(limit);
    const [removed] = await database.write(
      query
        .deleteFrom('message_marks')
        .where(({ eb, refTuple }) =>
          eb(refTuple('mid', 'event', 'value', 'uid'), 'in', some.$asTuple('mid', 'event', 'value', 'uid')),
        )
        .returning('mid')
        .compile(),
    );
    return removed.length > 0;
  }

  return {
    async begin(uid, address) {
      const own = query.selectFrom('users').select(['aid', 'address']).where('uid', '=', uid);
      const [, [row]] = await database.write(
        query
          .deleteFrom('otps')
          .where(({ eb, refTuple }) => eb(refTuple('aid', 'address'), 'in', own.$asTuple('aid', 'address')))
          .compile(),
        query
          .updateTable('users')
          .set({ removed: 1, address, name: '', flag: 0, last_seen: 0 })
          .where('uid', '=', uid)
          .returning('uid')
          .compile(),
        ...removeUser(query, uid),
        query
          .insertInto('erasures')
          .columns(['uid'])
          .expression(query.selectFrom('users').select('uid').where('uid', '=', uid))
          .onConflict((conflict) => conflict.column('uid').doNothing())
          .compile(),
      );
      return row !== undefined;
    },

    async pending(limit) {
      const rows = await database.read(
        query.selectFrom('erasures').select('uid').orderBy('uid').limit(limit).compile(),
      );
      return rows.map(({ uid }) => uid);
    },

    async step(uid, limit) {
      const [erasure] = await database.read(
        query.selectFrom('erasures').selectAll().where('uid', '=', uid).compile(),
      );
      if (erasure === undefined) return false;
      if (await removeMarks(uid, limit)) return true;
      if ((await emptyKeyed(erasure, limit)) || (await emptyUnkeyed(erasure, limit))) return true;
      await database.write(query.deleteFrom('erasures').where('uid', '=', uid).compile());
      return false;
    },
  };
}
