import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { PushRegistration, PushStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import type { PushRegistrationsTable } from './tables.ts';

export function createPushStore(database: SqlDatabase): PushStore {
  const { query } = database;
  return {
    async register({ uid, dev, provider, target, keys, voip, createdAt }) {
      const text = (value: string) => sql<string>`cast(${value} as text)`;
      const textOrNull = (value: string | undefined) => sql<string | null>`cast(${value ?? null} as text)`;
      const ofDevice = query
        .selectFrom('devices')
        .select([
          'dev',
          'uid',
          text(provider).as('provider'),
          text(target).as('target'),
          textOrNull(keys?.p256dh).as('p256dh'),
          textOrNull(keys?.auth).as('auth'),
          textOrNull(voip ?? undefined).as('voip'),
          sql<number>`cast(${createdAt} as bigint)`.as('created_at'),
        ])
        .where('dev', '=', dev)
        .where('uid', '=', uid)
        .where('ended', 'is', null)
        // A device may still be connected for a moment when its token was revoked.
        .where(({ or, eb, exists, selectFrom }) =>
          or([
            eb('token_id', 'is', null),
            exists(selectFrom('tokens').select('id').whereRef('tokens.id', '=', 'devices.token_id')),
          ]),
        );
      const [, registered] = await database.write(
        query
          .deleteFrom('push_registrations')
          .where('provider', '=', provider)
          .where('target', '=', target)
          .where('dev', '!=', dev)
          .where(({ exists }) => exists(ofDevice))
          .compile(),
        query
          .insertInto('push_registrations')
          .columns(['dev', 'uid', 'provider', 'target', 'p256dh', 'auth', 'voip', 'created_at'])
          .expression(ofDevice)
          .onConflict((conflict) =>
            conflict.column('dev').doUpdateSet(({ ref }) => ({
              provider: ref('excluded.provider'),
              target: ref('excluded.target'),
              p256dh: ref('excluded.p256dh'),
              auth: ref('excluded.auth'),
              voip: ref('excluded.voip'),
              created_at: ref('excluded.created_at'),
            })),
          )
          .returning('dev')
          .compile(),
      );
      return registered.length > 0;
    },

    async unregister(uid, dev, target) {
      let removal = query.deleteFrom('push_registrations').where('uid', '=', uid).where('dev', '=', dev);
      if (target !== undefined) removal = removal.where('target', '=', target);
      const [removed] = await database.write(removal.returning('dev').compile());
      return removed.length > 0;
    },

    async list(uids) {
      if (uids.length === 0) return [];
      const rows = await database.read(
        query
          .selectFrom('push_registrations')
          .selectAll()
          .where('uid', 'in', uids)
          .where('dev', 'in', ({ selectFrom }) =>
            selectFrom('devices')
              .select('devices.dev')
              .where('devices.uid', 'in', uids)
              .where('ended', 'is', null),
          )
          .orderBy('dev')
          .compile(),
      );
      return rows.map(toRegistration);
    },

    async any() {
      const rows = await database.read(
        query.selectFrom('push_registrations').select('dev').limit(1).compile(),
      );
      return rows.length > 0;
    },

    async unread(uid, limit, muted = []) {
      const [row] = await database.read(
        sql<{ count: number }>`
          select count(*) as count from (
            select m.mid from members mb
            join conversations c on c.conv = mb.conv and c.last > mb.seen
            join messages m on m.conv = mb.conv and m.seq > mb.seen
            where mb.uid = ${uid}${isHeard(uid, muted)} and m.sender <> ${uid} and m.content is not null
            and not exists (select 1 from message_extras x where x.mid = m.mid and x.event > 0)
            and (c.gid is null or exists (
              select 1 from group_spans s where s.conv = m.conv and s.uid = mb.uid
              and m.seq > s.joined_seq and (s.left_seq is null or m.seq <= s.left_seq)))
            limit ${limit}) as unread`.compile(query),
      );
      return Number(row?.count ?? 0);
    },
  };
}

/** Of a conversation `c` of the user: that it is none of these. */
function isHeard(uid: number, muted: readonly string[]): RawBuilder<unknown> {
  if (muted.length === 0) return sql``;
  // The first one again where there are no more, so that there are few different statements.
  const places = Math.ceil(muted.length / placesInSteps) * placesInSteps;
  const names = Array.from({ length: places }, (_, index) => muted[index] ?? muted[0]);
  return sql` and coalesce(case when c.gid is null
    then (select 'u:' || u.address from users u where u.uid = case c.a when ${uid} then c.b else c.a end)
    else 'g:' || c.gid end, '') not in (${sql.join(names)})`;
}

const placesInSteps = 50;

function toRegistration(row: Selectable<PushRegistrationsTable>): PushRegistration {
  const { uid, dev, provider, target, p256dh, auth, voip, created_at: createdAt } = row;
  return {
    uid,
    dev,
    provider,
    target,
    keys: p256dh === null || auth === null ? null : { p256dh, auth },
    voip,
    createdAt,
  };
}
