import { type Selectable, type SqlBool, sql } from 'kysely';
import type { FileRecord, FileRecordStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import type { FilesTable } from './tables.ts';

const states = { uploading: 0, stored: 1, going: 2 } as const;

/** Whether the message `m` is not gone; an event has no content of its own and stands for its target. */
const isPresent = sql<SqlBool>`(m.content is not null or exists (
  select 1 from message_extras x join messages t on t.conv = x.conv and t.seq = x.target
  where x.mid = m.mid and t.content is not null))`;

const isInUse = sql<SqlBool>`exists (
  select 1 from profiles p where p.picture = files.id) or exists (
  select 1 from chat_groups g where g.picture = files.id and g.deleted = 0) or exists (
  select 1 from file_uses u where u.file = files.id and (
    exists (
      select 1 from messages m
      where m.sender = u.sender and m.dev = u.dev and m.id = u.id and ${isPresent})
    or exists (
      select 1 from scheduled s
      where s.sender = u.sender and s.dev = u.dev and s.id = u.id and s.payload is not null)))`;

export function createFileRecordStore(database: SqlDatabase): FileRecordStore {
  const { query } = database;
  const known = query.selectFrom('files').selectAll().where('state', '<', states.going);

  return {
    async add({ id, aid, uid, name, size, now, checkAt }) {
      const row = { id, aid, uid, name, size, created_at: now, check_at: checkAt };
      await database.write(query.insertInto('files').values(row).compile());
    },

    async resize(id, size) {
      const begun = query.updateTable('files').set({ size }).where('id', '=', id);
      await database.write(begun.where('state', '=', states.uploading).compile());
    },

    async finish(id, { mime, size, sha256 }) {
      await database.write(
        query
          .updateTable('files')
          .set({ mime, size, sha256, state: states.stored })
          .where('id', '=', id)
          .where('state', '=', states.uploading)
          .compile(),
      );
      return this.find(id);
    },

    async find(id) {
      const [row] = await database.read(known.where('id', '=', id).compile());
      return row && toRecord(row);
    },

    async list({ uid, after = '', limit }) {
      const rows = await database.read(
        query
          .selectFrom('files')
          .selectAll()
          .where('uid', '=', uid)
          .where('id', '>', after)
          .where('state', '=', states.stored)
          .orderBy('id')
          .limit(limit)
          .compile(),
      );
      return rows.map(toRecord);
    },

    async usage(uid) {
      const [row] = await database.read(
        query
          .selectFrom('files')
          .select(({ fn }) => fn.sum<number | null>('size').as('bytes'))
          .select(
            sql<number | null>`sum(case when state = ${states.uploading} then 1 else 0 end)`.as('unfinished'),
          )
          .where('uid', '=', uid)
          .where('state', '<', states.going)
          .compile(),
      );
      return { bytes: Number(row?.bytes ?? 0), unfinished: Number(row?.unfinished ?? 0) };
    },

    async use(file, { sender, dev, id }, checkAt) {
      const stored = query.selectFrom('files').where('id', '=', file).where('state', '=', states.stored);
      const [kept] = await database.write(
        query
          .updateTable('files')
          .set({ check_at: sql<number>`case when check_at < ${checkAt} then ${checkAt} else check_at end` })
          .where('id', '=', file)
          .where('state', '=', states.stored)
          .returning('id')
          .compile(),
        query
          .insertInto('file_uses')
          .columns(['file', 'sender', 'dev', 'id'])
          .expression(
            stored.select([
              'files.id as file',
              sql<number>`cast(${sender} as bigint)`.as('sender'),
              sql<number>`cast(${dev} as bigint)`.as('dev'),
              sql<number>`cast(${id} as bigint)`.as('use_id'),
            ]),
          )
          .onConflict((conflict) => conflict.columns(['file', 'sender', 'dev', 'id']).doNothing())
          .compile(),
      );
      return kept.length > 0;
    },

    async places({ file, uid, limit }) {
      const rows = await database.read(
        sql<{ conv: number; seq: number; gid: number | null }>`
          select c.conv, m.seq, c.gid from file_uses u
          join messages m on m.sender = u.sender and m.dev = u.dev and m.id = u.id
          join conversations c on c.conv = m.conv
          where u.file = ${file} and ${isPresent} and (c.a = ${uid} or c.b = ${uid} or c.gid is not null)
          order by m.mid desc limit ${limit}`.compile(query),
      );
      return rows.map(({ conv, seq, gid }) => ({ conv, seq, isGroup: gid !== null }));
    },

    async keep(file, checkAt) {
      const [kept] = await database.write(
        query
          .updateTable('files')
          .set({ check_at: sql<number>`case when check_at < ${checkAt} then ${checkAt} else check_at end` })
          .where('id', '=', file)
          .where('state', '=', states.stored)
          .returning('id')
          .compile(),
      );
      return kept.length > 0;
    },

    async isPictureFor(file, uid) {
      const rows = await database.read(
        sql<{ gid: number }>`
          select g.gid from chat_groups g join group_members m on m.gid = g.gid and m.uid = ${uid}
          where g.picture = ${file} and g.deleted = 0 limit 1`.compile(query),
      );
      return rows.length > 0;
    },

    async checkSoon(uid) {
      await database.write(
        query
          .updateTable('files')
          .set({ check_at: 0 })
          .where('uid', '=', uid)
          .where('state', '=', states.stored)
          .compile(),
      );
    },

    async takeUnused({ now, nextCheck, limit }) {
      const due = await database.read(
        query
          .selectFrom('files')
          .select('id')
          .select(isInUse.as('in_use'))
          .where('check_at', '<=', now)
          .orderBy('check_at')
          .limit(limit)
          .compile(),
      );
      const ids = (inUse: boolean) => due.filter((row) => Boolean(row.in_use) === inUse).map(({ id }) => id);
      const [used, unused] = [ids(true), ids(false)];
      if (used.length > 0) {
        await database.write(
          query.updateTable('files').set({ check_at: nextCheck }).where('id', 'in', used).compile(),
        );
      }
      if (unused.length === 0) return { examined: due.length, unused };
      const [hidden] = await database.write(
        query
          .updateTable('files')
          .set({ state: states.going })
          .where('id', 'in', unused)
          // Once more: a message may have been promised the file since it was read.
          .where('check_at', '<=', now)
          .returning('id')
          .compile(),
      );
      return { examined: due.length, unused: hidden.map(({ id }) => id) };
    },

    async remove(id) {
      const [removed] = await database.write(
        query.deleteFrom('files').where('id', '=', id).returning('id').compile(),
      );
      return removed.length > 0;
    },
  };
}

const toRecord = ({
  id,
  aid,
  uid,
  name,
  mime,
  size,
  sha256,
  created_at,
}: Selectable<FilesTable>): FileRecord => ({
  id,
  aid,
  uid,
  name,
  mime,
  size,
  sha256,
  createdAt: created_at,
});
