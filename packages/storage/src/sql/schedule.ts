import type { ScheduledMessage, ScheduleStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

type Key = Pick<ScheduledMessage, 'sender' | 'dev' | 'id'>;

const columns = ['sender', 'dev', 'id', 'at', 'payload', 'failed'] as const;

interface Row extends Omit<ScheduledMessage, 'payload'> {
  readonly payload: Uint8Array | null;
}

export function createScheduleStore(database: SqlDatabase): ScheduleStore {
  const { query } = database;
  const timeOf = ({ sender, dev, id }: Key) =>
    query
      .selectFrom('scheduled')
      .select('at')
      .where('sender', '=', sender)
      .where('dev', '=', dev)
      .where('id', '=', id);
  const change = ({ sender, dev, id }: Key) =>
    query
      .updateTable('scheduled')
      .where('sender', '=', sender)
      .where('dev', '=', dev)
      .where('id', '=', id)
      .where('payload', 'is not', null);

  return {
    async add({ limit, ...message }) {
      // About right is enough for the bound: others may add at the same moment.
      const [counted] = await database.read(
        query
          .selectFrom('scheduled')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('sender', '=', message.sender)
          .compile(),
      );
      if (Number(counted?.count ?? 0) >= limit) {
        const [known] = await database.read(timeOf(message).compile());
        return known && { at: known.at, added: false };
      }
      const [inserted, [row]] = await database.write(
        query
          .insertInto('scheduled')
          .values({ ...message, failed: null })
          .onConflict((conflict) => conflict.columns(['sender', 'dev', 'id']).doNothing())
          .returning('at')
          .compile(),
        timeOf(message).compile(),
      );
      return row && { at: row.at, added: inserted.length > 0 };
    },

    async find(key) {
      const [row] = await database.read(timeOf(key).compile());
      return row?.at;
    },

    async list({ sender, after, limit }) {
      let waiting = query
        .selectFrom('scheduled')
        .select(columns)
        .where('sender', '=', sender)
        .where('payload', 'is not', null);
      if (after !== undefined) {
        waiting = waiting.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('at', 'dev', 'id'), '>', tuple(after.at, after.dev, after.id)),
        );
      }
      const rows = await database.read(
        waiting.orderBy('at').orderBy('dev').orderBy('id').limit(limit).compile(),
      );
      return rows.flatMap(toScheduled);
    },

    async cancel(key, now) {
      const [cancelled] = await database.write(
        change(key)
          .set({ payload: null, touched_at: now })
          // Not while it is being sent; afterwards there is nothing to cancel.
          .where(({ or, eb }) => or([eb('touched_at', '=', 0), eb('failed', 'is not', null)]))
          .returning('at')
          .compile(),
      );
      return cancelled.length > 0;
    },

    async take({ now, retryBefore, limit }) {
      const waiting = query
        .selectFrom('scheduled')
        .where('payload', 'is not', null)
        .where('failed', 'is', null)
        .where('at', '<=', now);
      // What is held was due before what is not, and must not be overtaken by it.
      const held = waiting.select('sender').where('touched_at', '>=', retryBefore);
      const due = waiting
        .select(['sender', 'dev', 'id'])
        .where('touched_at', '<', retryBefore)
        .where('sender', 'not in', held)
        .orderBy('at')
        .orderBy('dev')
        .orderBy('id')
        .limit(limit);
      // Two at once would not see what the other one takes.
      const [taken] = await database.writeInTurn(
        query
          .updateTable('scheduled')
          .set({ touched_at: now })
          .where(({ eb, refTuple }) =>
            eb(refTuple('sender', 'dev', 'id'), 'in', due.$asTuple('sender', 'dev', 'id')),
          )
          // Once more: it may have been cancelled since it was found.
          .where('payload', 'is not', null)
          .where('failed', 'is', null)
          .returning(columns)
          .compile(),
      );
      return taken.flatMap(toScheduled).sort(inOrder);
    },

    async remove({ sender, dev, id }) {
      await database.write(
        query
          .deleteFrom('scheduled')
          .where('sender', '=', sender)
          .where('dev', '=', dev)
          .where('id', '=', id)
          .compile(),
      );
    },

    async fail(key, reason) {
      await database.write(change(key).set({ failed: reason }).compile());
    },

    async sweep(before, limit) {
      const over = query
        .selectFrom('scheduled')
        .select(['sender', 'dev', 'id'])
        .where(({ or, eb }) => or([eb('payload', 'is', null), eb('failed', 'is not', null)]))
        .where('touched_at', '<', before)
        .orderBy('touched_at')
        .limit(limit);
      const [removed] = await database.write(
        query
          .deleteFrom('scheduled')
          .where(({ eb, refTuple }) =>
            eb(refTuple('sender', 'dev', 'id'), 'in', over.$asTuple('sender', 'dev', 'id')),
          )
          .returning('at')
          .compile(),
      );
      return removed.length;
    },
  };
}

const inOrder = (one: ScheduledMessage, other: ScheduledMessage): number =>
  one.at - other.at || one.dev - other.dev || one.id - other.id;

/** Cancelled ones, which have no payload, are not selected. */
function toScheduled({ payload, ...rest }: Row): ScheduledMessage[] {
  return payload === null ? [] : [{ ...rest, payload }];
}
