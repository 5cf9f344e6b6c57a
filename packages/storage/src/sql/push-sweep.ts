import { sql } from 'kysely';
import type { PushSweepStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

export function createPushSweepStore(database: SqlDatabase): PushSweepStore {
  const { query } = database;
  return {
    async hold({ node, now, until }) {
      const [[held]] = await database.write(
        query
          .updateTable('push_sweep')
          .set({ holder: node, held_until: until })
          .where('one', '=', 1)
          .where(({ or, eb }) => or([eb('holder', '=', node), eb('held_until', '<=', now)]))
          .returning('mid')
          .compile(),
      );
      return held?.mid;
    },

    async move({ node, mid, until }) {
      const [moved] = await database.write(
        query
          .updateTable('push_sweep')
          .set({ mid, held_until: until })
          .where('one', '=', 1)
          .where('holder', '=', node)
          .returning('mid')
          .compile(),
      );
      return moved.length > 0;
    },

    async newest() {
      const [newest] = await database.read(
        query
          .selectFrom('messages')
          .select('mid')
          .where('mid', '>', 0)
          .orderBy('mid', 'desc')
          .limit(1)
          .compile(),
      );
      return newest?.mid ?? 0;
    },

    async entries(after, limit) {
      return database.read(
        query
          .selectFrom('messages')
          .select(['mid', 'conv', 'ts'])
          .where('mid', '>', after)
          .orderBy('mid')
          .limit(limit)
          .compile(),
      );
    },

    async awaiting(convs) {
      const found: { uid: number; conv: number }[] = [];
      for (let from = 0; from < convs.length; from += convsAtOnce) {
        const part = convs.slice(from, from + convsAtOnce);
        // Filled up with what no conversation is, so that it is one statement for any number.
        const filled = Array.from({ length: convsAtOnce }, (_, index) => part[index] ?? 0);
        const among = sql.join(filled);
        found.push(
          ...(await database.read(
            sql<{ uid: number; conv: number }>`
              select r.uid, c.conv from conversations c
              join push_registrations r on r.uid in (c.a, c.b)
              join members m on m.uid = r.uid and m.conv = c.conv and m.delivered < c.last
              where c.conv in (${among}) and c.gid is null
              union
              select r.uid, c.conv from conversations c
              join group_spans s on s.conv = c.conv and s.left_seq is null
              join push_registrations r on r.uid = s.uid
              join members m on m.uid = r.uid and m.conv = c.conv and m.delivered < c.last
              where c.conv in (${among}) and c.gid is not null`.compile(query),
          )),
        );
      }
      return found;
    },
  };
}

const convsAtOnce = 50;
