import type { NewMessage } from '../store.ts';
import type { SqlDatabase } from './database.ts';

/**
 * Messages that expire within 30 days are listed in `message_expiry` when they are stored. Most live for a year, and
 * nearly all of them are delivered long before: those are listed when they are 30 days old, in one go, so that storing
 * a message does not pay for an index that it will not need.
 */
const listedLaterMs = 30 * 24 * 3600 * 1000;
/** Messages looked at in one step. */
const step = 1000;

/** Whether the message has to be listed as soon as it is stored. */
export function expiresSoon({ ts, expiresAt }: Pick<NewMessage, 'ts' | 'expiresAt'>): boolean {
  return expiresAt > 0 && expiresAt - ts <= listedLaterMs;
}

/** Lists those that were not listed when they were stored, and are old enough by now. */
export async function listExpiring(database: SqlDatabase, now: number): Promise<void> {
  const { query } = database;
  for (;;) {
    const [marker] = await database.read(query.selectFrom('expiry_marker').select('mid').compile());
    const seen = marker?.mid ?? 0;
    const after = query.selectFrom('messages').select(['mid', 'ts']).where('mid', '>', seen).orderBy('mid');
    const isOld = ({ ts }: { ts: number }): boolean => ts <= now - listedLaterMs;
    const [next] = await database.read(after.limit(1).compile());
    if (next === undefined || !isOld(next)) return;

    const messages = await database.read(after.limit(step).compile());
    const young = messages.findIndex((message) => !isOld(message));
    const last = (young < 0 ? messages : messages.slice(0, young)).at(-1)?.mid ?? seen;
    await database.write(
      query
        .insertInto('message_expiry')
        .columns(['expires_at', 'mid'])
        .expression(
          query
            .selectFrom('messages')
            .select(['expires_at', 'mid'])
            .where('mid', '>', seen)
            .where('mid', '<=', last)
            .where('content', 'is not', null)
            .where(({ eb }) => eb(eb('expires_at', '-', eb.ref('ts')), '>', listedLaterMs)),
        )
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
      query.updateTable('expiry_marker').set({ mid: last }).where('mid', '<', last).compile(),
    );
  }
}
