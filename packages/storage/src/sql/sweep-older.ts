import type { MessageLog } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { emptyMessages } from './empty-messages.ts';

/**
 * Message ids grow with time, so the app only remembers up to which one everything was looked at: there is no index
 * that every message would have to pay for.
 */
export function createSweepOlder(database: SqlDatabase): MessageLog['sweepOlder'] {
  const { query } = database;

  return async ({ aid, before, limit }) => {
    const [app] = await database.read(
      query.selectFrom('apps').select('swept_mid').where('aid', '=', aid).compile(),
    );
    if (app === undefined) return 0;
    const next = await database.read(
      query
        .selectFrom('messages')
        .innerJoin('conversations', 'conversations.conv', 'messages.conv')
        .select(['messages.mid', 'messages.ts', 'conversations.aid'])
        .where('messages.mid', '>', app.swept_mid)
        .orderBy('messages.mid')
        .limit(limit)
        .compile(),
    );
    const firstToStay = next.findIndex((message) => message.aid === aid && message.ts >= before);
    const older = firstToStay < 0 ? next : next.slice(0, firstToStay);
    const last = older.at(-1);
    if (last === undefined) return 0;
    await database.write(
      ...emptyMessages(database, 'erased', ({ and, eb, exists, selectFrom }) =>
        and([
          eb('mid', '>', app.swept_mid),
          eb('mid', '<=', last.mid),
          exists(
            selectFrom('conversations')
              .select('conversations.conv')
              .whereRef('conversations.conv', '=', 'messages.conv')
              .where('conversations.aid', '=', aid),
          ),
        ]),
      ),
      query.updateTable('apps').set({ swept_mid: last.mid }).where('aid', '=', aid).compile(),
    );
    return older.length;
  };
}
