import { sql } from 'kysely';
import type { RoomLeaseStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

export interface RoomLeaseTables {
  room_leases: { gid: number; node: string | null; epoch: number; until: number; started_at: number };
}

export function createRoomLeaseStore(database: SqlDatabase): RoomLeaseStore {
  const { query } = database;
  const leases = () =>
    query.selectFrom('room_leases').select(['gid', 'node', 'epoch', 'until', 'started_at as startedAt']);

  return {
    async claim({ gid, node, now, until, goesOnAfter }) {
      const goesOn = sql<number>`case
        when room_leases.node is null or room_leases.node = ${node}
          or room_leases.until <= cast(${goesOnAfter} as bigint)
        then excluded.started_at else room_leases.started_at end`;
      const [[claimed]] = await database.write(
        query
          .insertInto('room_leases')
          .values({ gid, node, epoch: 1, until, started_at: now })
          .onConflict((conflict) =>
            conflict
              .column('gid')
              .doUpdateSet({
                node,
                until,
                epoch: sql<number>`room_leases.epoch + 1`,
                started_at: goesOn,
              })
              .where(({ or, eb }) =>
                or([
                  eb('room_leases.node', 'is', null),
                  eb('room_leases.node', '=', node),
                  eb('room_leases.until', '<=', now),
                ]),
              ),
          )
          .returning(['gid', 'node', 'epoch', 'until', 'started_at as startedAt'])
          .compile(),
      );
      if (claimed !== undefined) return claimed;
      const [other] = await database.read(leases().where('gid', '=', gid).compile());
      // It was removed between the two, with its app.
      return other ?? { gid, node: null, epoch: 0, until: 0, startedAt: now };
    },

    async renew(node, until) {
      const [renewed] = await database.write(
        query
          .updateTable('room_leases')
          .set({ until })
          .where('node', '=', node)
          .returning(['gid', 'epoch'])
          .compile(),
      );
      return renewed;
    },

    async release({ gid, epoch }) {
      await database.write(
        query
          .updateTable('room_leases')
          .set({ node: null, until: 0 })
          .where('gid', '=', gid)
          .where('epoch', '=', epoch)
          .compile(),
      );
    },

    heldBy: (node) => database.read(leases().where('node', '=', node).compile()),

    async find(gid) {
      const [found] = await database.read(leases().where('gid', '=', gid).compile());
      return found;
    },
  };
}
