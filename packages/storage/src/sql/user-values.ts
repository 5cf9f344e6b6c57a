import type { Selectable } from 'kysely';
import type { UserValue, UserValueStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { prepared } from './prepared.ts';
import type { UserValuesTable } from './tables.ts';

type Changes = Parameters<UserValueStore['set']>[0];

export function createUserValueStore(database: SqlDatabase): UserValueStore {
  const { query } = database;
  const position = query.selectFrom('log_state').select('position');
  const currentPosition = position.compile();
  const changedAfter = prepared<{
    uid: number;
    since: number;
    position: number;
    key: string;
    limit: number;
  }>()((value) =>
    query
      .selectFrom('user_values')
      .selectAll()
      .where('uid', '=', value('uid'))
      .where('position', '>', value('since'))
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('position', 'key'), '>', tuple(value('position'), value('key'))),
      )
      .orderBy('position')
      .orderBy('key')
      .limit(value('limit')),
  );

  function change({ uid, now }: Changes, { key, value }: Changes['values'][number]) {
    if (value === null) {
      return query
        .updateTable('user_values')
        .set({ value, position, updated_at: now })
        .where('uid', '=', uid)
        .where('key', '=', key)
        .where('value', 'is not', null);
    }
    return query
      .insertInto('user_values')
      .values({ uid, key, value, position, updated_at: now })
      .onConflict((conflict) =>
        conflict.columns(['uid', 'key']).doUpdateSet(({ ref }) => ({
          value: ref('excluded.value'),
          position: ref('excluded.position'),
          updated_at: ref('excluded.updated_at'),
        })),
      );
  }

  /** How many entries are too many once the change is made; the bound is approximate, as others may write meanwhile. */
  async function excess({ uid, values, limit }: Changes): Promise<number> {
    const [counted] = await database.read(
      query
        .selectFrom('user_values')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('uid', '=', uid)
        .compile(),
    );
    const keys = values.filter(({ value }) => value !== null).map(({ key }) => key);
    const most = Number(counted?.count ?? 0) + keys.length;
    if (most <= limit || keys.length === 0) return 0;
    const there = await database.read(
      query.selectFrom('user_values').select('key').where('uid', '=', uid).where('key', 'in', keys).compile(),
    );
    return most - there.length - limit;
  }

  /** Oldest first, not those that the change sets anew. */
  async function marksOfRemoved({ uid, values }: Changes, limit: number): Promise<string[]> {
    const marks = await database.read(
      query
        .selectFrom('user_values')
        .select('key')
        .where('uid', '=', uid)
        .where('value', 'is', null)
        .where(
          'key',
          'not in',
          values.map(({ key }) => key),
        )
        .orderBy('position')
        .limit(limit)
        .compile(),
    );
    return marks.map(({ key }) => key);
  }

  const one = prepared<{ uid: number; key: string }>()((value) =>
    query
      .selectFrom('user_values')
      .select('value')
      .where('uid', '=', value('uid'))
      .where('key', '=', value('key')),
  );
  const some = prepared<{ uid: number; first: string; end: string; after: string; limit: number }>()(
    (value) =>
      query
        .selectFrom('user_values')
        .selectAll()
        .where('uid', '=', value('uid'))
        .where('value', 'is not', null)
        .where('key', '>=', value('first'))
        .where('key', '<', value('end'))
        .where('key', '>', value('after'))
        .orderBy('key')
        .limit(value('limit')),
  );

  return {
    async set(changes) {
      const surplus = await excess(changes);
      const dropped = surplus > 0 ? await marksOfRemoved(changes, surplus) : [];
      if (dropped.length < surplus) return undefined;
      return database.writeAtNewPosition(
        ...dropped.map((key) =>
          query.deleteFrom('user_values').where('uid', '=', changes.uid).where('key', '=', key).compile(),
        ),
        ...changes.values.map((value) => change(changes, value).compile()),
      );
    },

    async get(uid, key) {
      const [row] = await database.read(one({ uid, key }));
      return row?.value ?? undefined;
    },

    async list({ uid, prefix, after = '', limit }) {
      const range = { uid, first: prefix, end: successorOf(prefix), after, limit };
      return (await database.read(some(range))).map(toUserValue);
    },

    async changed({ uid, position: since, limit, after = { position: since, key: '' } }) {
      // Before the values: what changes between the two is read, and read again the next time.
      const [state] = await database.read(currentPosition);
      const place = { uid, since, position: after.position, key: after.key, limit };
      const rows = await database.read(changedAfter(place));
      return { position: state?.position ?? 0, values: rows.map(toUserValue) };
    },
  };
}

/** The smallest text that is larger than all that begin with the prefix. */
function successorOf(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}

const toUserValue = ({ key, value, position }: Selectable<UserValuesTable>): UserValue => ({
  key,
  value,
  position,
});
