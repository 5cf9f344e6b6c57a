import { type CompiledQuery, type Selectable, sql } from 'kysely';
import type { NewWebhookEvent, Webhook, WebhookNote, WebhookStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { createWebhookSendingStore } from './webhook-sending.ts';
import { noteKinds } from './webhook-statements.ts';
import type { WebhooksTable } from './webhook-tables.ts';

export function createWebhookStore(database: SqlDatabase): WebhookStore {
  const { query } = database;

  /** Adds to the queues in the order of the list. `onlyIf`: a condition on the database, in SQL. */
  const additions = (events: readonly NewWebhookEvent[], onlyIf = sql<boolean>`1 = 1`): CompiledQuery[] =>
    events.map(({ webhook, event, at, body }) =>
      sql`
        insert into webhook_events (webhook, event, at, body)
        select id, cast(${event} as text), cast(${at} as bigint), cast(${body} as text)
        from webhooks where id = ${webhook} and ${onlyIf}
        on conflict (webhook, event) do nothing`.compile(query),
    );

  const isHeldNowhere = (uid: number) =>
    sql<boolean>`not exists (select 1 from user_nodes where uid = ${uid})`;

  /** By this node, and by no other. */
  const isHeldBy = (uid: number, node: string) => sql<boolean>`
    exists (select 1 from user_nodes where uid = ${uid} and node = ${node})
    and not exists (select 1 from user_nodes where uid = ${uid} and node <> ${node})`;

  return {
    ...createWebhookSendingStore(database),

    async put({ aid, name, url, secret, events, form, createdAt }, limit) {
      const [counted] = await database.read(
        query
          .selectFrom('webhooks')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('aid', '=', aid)
          .where('name', '!=', name)
          .compile(),
      );
      if (Number(counted?.count ?? 0) >= limit) return undefined;
      const change = { url, secret, events: JSON.stringify(events), form };
      const [[row]] = await database.write(
        query
          .insertInto('webhooks')
          .values({ aid, name, ...change, created_at: createdAt })
          // What waits is tried at once where it is to go now.
          .onConflict((conflict) =>
            conflict.columns(['aid', 'name']).doUpdateSet({ ...change, failures: 0, retry_at: 0 }),
          )
          .returningAll()
          .compile(),
      );
      return row && toWebhook(row);
    },

    async remove(aid, name) {
      const [removed] = await database.write(
        query
          .deleteFrom('webhooks')
          .where('aid', '=', aid)
          .where('name', '=', name)
          .returning('id')
          .compile(),
      );
      return removed.length > 0;
    },

    async all() {
      const rows = await database.read(
        query
          .selectFrom('webhooks')
          .innerJoin('apps', 'apps.aid', 'webhooks.aid')
          .selectAll('webhooks')
          .where('apps.removed', '=', 0)
          .orderBy('webhooks.id')
          .compile(),
      );
      return rows.map(toWebhook);
    },

    async enqueue(events, checks = [], settled = []) {
      const statements = additions(events);
      if (checks.length > 0) {
        statements.push(
          query
            .insertInto('delivery_checks')
            .values(checks.map(({ mid, dueAt }) => ({ mid, due_at: dueAt })))
            .onConflict((conflict) => conflict.column('mid').doNothing())
            .compile(),
        );
      }
      for (const { kind, conv, uid, seq } of settled) {
        statements.push(
          query
            .deleteFrom('webhook_notes')
            .where('kind', '=', noteKinds[kind])
            .where('conv', '=', conv)
            .where('uid', '=', uid)
            .where('seq', '=', seq)
            .compile(),
        );
      }
      if (statements.length > 0) await database.write(...statements);
    },

    async notes(before, limit) {
      const rows = await database.read(
        query
          .selectFrom('webhook_notes')
          .selectAll()
          .where('at', '<', before)
          .orderBy('at')
          .limit(limit)
          .compile(),
      );
      return rows.map(({ kind, ...note }) => ({ kind: kindNames[kind] ?? 'message', ...note }));
    },

    async dueChecks(now, limit) {
      const rows = await database.read(
        query
          .selectFrom('delivery_checks')
          .select('mid')
          .where('due_at', '<=', now)
          .orderBy('due_at')
          .limit(limit)
          .compile(),
      );
      return rows.map(({ mid }) => mid);
    },

    async checked(mids, events) {
      if (mids.length === 0) return;
      const forget = query.deleteFrom('delivery_checks').where('mid', 'in', mids).compile();
      await database.write(...additions(events), forget);
    },

    async userCame(uid, node, events) {
      await database.writeForUser(
        uid,
        ...additions(events, isHeldNowhere(uid)),
        query
          .insertInto('user_nodes')
          .values({ uid, node })
          .onConflict((conflict) => conflict.columns(['uid', 'node']).doNothing())
          .compile(),
      );
    },

    async userLeft(uid, node, events) {
      await database.writeForUser(
        uid,
        ...additions(events, isHeldBy(uid, node)),
        query.deleteFrom('user_nodes').where('uid', '=', uid).where('node', '=', node).compile(),
      );
    },

    async nodeAfter(after) {
      const [row] = await database.read(
        query
          .selectFrom('user_nodes')
          .select('node')
          .where('node', '>', after)
          .orderBy('node')
          .limit(1)
          .compile(),
      );
      return row?.node;
    },

    async usersOf(node, limit) {
      const rows = await database.read(
        query.selectFrom('user_nodes').select('uid').where('node', '=', node).limit(limit).compile(),
      );
      return rows.map(({ uid }) => uid);
    },
  };
}

const kindNames = Object.fromEntries(
  Object.entries(noteKinds).map(([name, kind]) => [kind, name as WebhookNote['kind']]),
);

function toWebhook(row: Selectable<WebhooksTable>): Webhook {
  const { id, aid, name, url, secret, events, form, created_at: createdAt } = row;
  return { id, aid, name, url, secret, events: JSON.parse(events) as string[], form, createdAt };
}
