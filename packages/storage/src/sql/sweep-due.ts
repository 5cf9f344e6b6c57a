import type { CompiledQuery } from 'kysely';
import type { SqlDatabase } from './database.ts';
import { emptyMessages } from './empty-messages.ts';

/** Empties messages that were to disappear until `now`, at most `limit`; resolves to their number. */
export async function sweepDue(database: SqlDatabase, now: number, limit: number): Promise<number> {
  const due = await database.read(
    database.query
      .selectFrom('message_extras')
      .select('mid')
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(limit)
      .compile(),
  );
  if (due.length === 0) return 0;
  const mids = due.map(({ mid }) => mid);
  await database.write(
    ...emptyMessages(database, 'disappeared', (messages) => messages('mid', 'in', mids)),
    // Those of messages that were gone before would be found again and again.
    withoutExtras(database, mids),
  );
  return due.length;
}

/** The statement that forgets what was special about messages that are gone. */
export function withoutExtras({ query }: SqlDatabase, mids: readonly number[]): CompiledQuery {
  return query.deleteFrom('message_extras').where('mid', 'in', mids).where('event', '=', 0).compile();
}
