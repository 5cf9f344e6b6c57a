import type { Selectable } from 'kysely';
import type { Device, DeviceStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import type { DevicesTable } from './tables.ts';

export function createDeviceStore(database: SqlDatabase): DeviceStore {
  const { query } = database;

  /** Cursors of the device, if what it names now does not go on from what it named before. */
  function outdatedCursors(uid: number, id: string, position: number | undefined) {
    let reset = query.selectFrom('devices').select('dev').where('uid', '=', uid).where('id', '=', id);
    reset =
      position === undefined
        ? reset.where('position', 'is not', null)
        : reset.where('position', '>', position);
    return query.deleteFrom('device_cursors').where('dev', 'in', reset);
  }

  return {
    async open({ uid, id, agent, position, now }) {
      const [, , [row]] = await database.write(
        query
          .insertInto('devices')
          .values({ uid, id, agent, position: null, created_at: now, last_seen: now })
          .onConflict((conflict) => conflict.columns(['uid', 'id']).doNothing())
          .compile(),
        outdatedCursors(uid, id, position).compile(),
        query
          .updateTable('devices')
          .set({ agent, position: position ?? null, last_seen: now })
          .where('uid', '=', uid)
          .where('id', '=', id)
          .returningAll()
          .compile(),
      );
      if (row === undefined) throw new Error('The database returned no row for a device that it has.');
      return toDevice(row);
    },

    async list(uid) {
      const rows = await database.read(
        query.selectFrom('devices').selectAll().where('uid', '=', uid).orderBy('dev').compile(),
      );
      return rows.map(toDevice);
    },

    async remove(uid, dev) {
      const [removed] = await database.write(
        query.deleteFrom('devices').where('uid', '=', uid).where('dev', '=', dev).returning('dev').compile(),
      );
      return removed.length > 0;
    },
  };
}

function toDevice(row: Selectable<DevicesTable>): Device {
  return {
    dev: row.dev,
    uid: row.uid,
    id: row.id,
    agent: row.agent,
    createdAt: row.created_at,
    lastSeen: row.last_seen,
  };
}
