import { type Selectable, type SqlBool, sql } from 'kysely';
import type { Device, DeviceStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { displaceStatement, type SignInValues, signInStatements } from './device-statements.ts';
import type { DevicesTable } from './tables.ts';

export function createDeviceStore(database: SqlDatabase): DeviceStore {
  const { query } = database;
  const all = query.selectFrom('devices').selectAll();
  const statements = signInStatements(query);

  async function findById(uid: number, id: string) {
    const [row] = await database.read(all.where('uid', '=', uid).where('id', '=', id).compile());
    return row;
  }

  return {
    async open({ position, tokenId, run, limit = 0, online = [], ...others }) {
      const values: SignInValues = {
        ...others,
        position: position ?? null,
        tokenId: tokenId ?? null,
        run: run ?? null,
        limit,
        // What no device has named: compared with it, everything is different or newer.
        comparedPosition: position ?? -1,
        comparedToken: tokenId ?? 0,
        comparedRun: run ?? '',
      };
      const displace = online.length === 0 ? statements.displace : displaceStatement(query, online);
      const [, [admitted], displaced = []] = await database.writeForUser(
        others.uid,
        statements.forgetCursors(values),
        statements.signIn(values),
        ...(limit > 0 ? [displace(values)] : []),
      );
      const row = admitted ?? (await findById(others.uid, others.id));
      if (row === undefined) throw new Error('The database returned no row for a device that it has.');
      return { ...toDevice(row), admitted: admitted !== undefined, displaced: displaced.map(toDevice) };
    },

    async find(uid, dev) {
      const [row] = await database.read(statements.find({ uid, dev }));
      return row && toDevice(row);
    },

    async list(uid) {
      const rows = await database.read(statements.present({ uid }));
      return rows.map(toDevice);
    },

    async seen(devices) {
      if (devices.length === 0) return;
      await database.write(...devices.map(statements.seen));
    },

    async signOut(uid, dev) {
      const tokenOfDevice = query
        .selectFrom('devices')
        .select('token_id')
        .where('uid', '=', uid)
        .where('dev', '=', dev);
      const [[row], revoked] = await database.write(
        query
          .updateTable('devices')
          .set({ ended: 'signedOut' })
          .where('uid', '=', uid)
          .where('dev', '=', dev)
          .returningAll()
          .compile(),
        query
          .deleteFrom('tokens')
          .where('uid', '=', uid)
          .where('id', '=', tokenOfDevice)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('devices')
                  .select('dev')
                  .where('uid', '=', uid)
                  .where('token_id', '=', tokenOfDevice)
                  .where('dev', '!=', dev)
                  .where(sql<SqlBool>`coalesce(ended, '') != 'signedOut'`),
              ),
            ),
          )
          .returning('id')
          .compile(),
        query.deleteFrom('push_registrations').where('uid', '=', uid).where('dev', '=', dev).compile(),
      );
      return row && { device: toDevice(row), revokedToken: revoked[0]?.id ?? null };
    },

    async remove(uid, dev) {
      const [removed] = await database.write(
        query.deleteFrom('devices').where('uid', '=', uid).where('dev', '=', dev).returning('dev').compile(),
      );
      return removed.length > 0;
    },

    async forgetEnded(uid, keep) {
      const kept = query
        .selectFrom('devices')
        .select('dev')
        .where('uid', '=', uid)
        .where('ended', 'is not', null)
        .orderBy('last_seen', 'desc')
        .orderBy('dev', 'desc')
        .limit(keep);
      await database.write(
        query
          .deleteFrom('devices')
          .where('uid', '=', uid)
          .where('ended', 'is not', null)
          .where('dev', 'not in', kept)
          .compile(),
      );
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
    tokenId: row.token_id,
    run: row.run,
    signIns: row.sign_ins,
    ended: row.ended,
  };
}
