import type { SqlDatabase } from './database.ts';

/** Rows that one statement removes at most: a large app must not hold up what other apps write meanwhile. */
const rowsAtOnce = 500;
const conversationsAtOnce = 20;

/** Removes everything of an app that is marked as removed, piece by piece, and the app itself last. */
export async function purgeApp(database: SqlDatabase, aid: number): Promise<void> {
  const { query } = database;

  const conversations = query
    .selectFrom('conversations')
    .select('conv')
    .where('aid', '=', aid)
    .limit(conversationsAtOnce)
    .compile();
  for (;;) {
    const found = await database.read(conversations);
    if (found.length === 0) break;
    await Promise.all(found.map(({ conv }) => purgeConversation(database, conv)));
  }

  const owners = query.selectFrom('users').select('uid').where('aid', '=', aid);
  const someValues = query
    .selectFrom('user_values')
    .select(['uid', 'key'])
    .where('uid', 'in', owners)
    .limit(rowsAtOnce);
  const removeValues = query
    .deleteFrom('user_values')
    .where(({ eb, refTuple }) => eb(refTuple('uid', 'key'), 'in', someValues.$asTuple('uid', 'key')))
    .returning('uid')
    .compile();
  for (;;) {
    const [removed] = await database.write(removeValues);
    if (removed.length < rowsAtOnce) break;
  }

  const users = query.selectFrom('users').select('uid').where('aid', '=', aid).limit(rowsAtOnce);
  const removeUsers = query.deleteFrom('users').where('uid', 'in', users).returning('uid').compile();
  for (;;) {
    const [removed] = await database.write(removeUsers);
    if (removed.length < rowsAtOnce) break;
  }

  await database.write(query.deleteFrom('apps').where('aid', '=', aid).compile());
}

/** Finishes removals that the end of the process interrupted. */
export async function purgeRemovedApps(database: SqlDatabase): Promise<void> {
  const removed = await database.read(
    database.query.selectFrom('apps').select('aid').where('removed', '=', 1).compile(),
  );
  for (const { aid } of removed) await purgeApp(database, aid);
}

async function purgeConversation(database: SqlDatabase, conv: number): Promise<void> {
  const { query } = database;
  const someMessages = query.selectFrom('messages').select('mid').where('conv', '=', conv).limit(rowsAtOnce);
  const someReceipts = query
    .selectFrom('receipts')
    .select(['conv', 'uid', 'kind', 'seq'])
    .where('conv', '=', conv)
    .limit(rowsAtOnce);
  for (;;) {
    const [messages, receipts] = await database.write(
      query.deleteFrom('messages').where('mid', 'in', someMessages).returning('mid').compile(),
      query
        .deleteFrom('receipts')
        .where(({ eb, refTuple }) =>
          eb(
            refTuple('conv', 'uid', 'kind', 'seq'),
            'in',
            someReceipts.$asTuple('conv', 'uid', 'kind', 'seq'),
          ),
        )
        .returning('seq')
        .compile(),
    );
    if (messages.length < rowsAtOnce && receipts.length < rowsAtOnce) break;
  }
  // With what was written since; not every database has foreign keys for that.
  await database.write(
    query.deleteFrom('messages').where('conv', '=', conv).compile(),
    query.deleteFrom('receipts').where('conv', '=', conv).compile(),
    query.deleteFrom('group_spans').where('conv', '=', conv).compile(),
    query.deleteFrom('chat_groups').where('conv', '=', conv).compile(),
    query.deleteFrom('conversations').where('conv', '=', conv).compile(),
  );
}
