import { type CompiledQuery, sql } from 'kysely';
import type { WebhookEvent, WebhookStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

type SendingStore = Pick<
  WebhookStore,
  'due' | 'claim' | 'head' | 'failures' | 'overdue' | 'settle' | 'attempts' | 'waiting'
>;

/** What the node does that sends what waits. */
export function createWebhookSendingStore(database: SqlDatabase): SendingStore {
  const { query } = database;
  const events = () => query.selectFrom('webhook_events').select(['id', 'event', 'at', 'body']);

  return {
    async due(node, now) {
      const rows = await database.read(
        query
          .selectFrom('webhooks')
          .select('id')
          .where('retry_at', '<=', now)
          .where(({ or, eb }) => or([eb('node_until', '<=', now), eb('node', '=', node)]))
          .where(({ exists, selectFrom }) =>
            exists(
              selectFrom('webhook_events')
                .select('webhook_events.id')
                .whereRef('webhook_events.webhook', '=', 'webhooks.id')
                .limit(1),
            ),
          )
          .compile(),
      );
      return rows.map(({ id }) => id);
    },

    async claim({ webhook, node, now, until }) {
      const [claimed] = await database.write(
        query
          .updateTable('webhooks')
          .set({ node, node_until: until })
          .where('id', '=', webhook)
          .where(({ or, eb }) => or([eb('node_until', '<=', now), eb('node', '=', node)]))
          .returning('id')
          .compile(),
      );
      return claimed.length > 0;
    },

    head: (webhook, limit) =>
      database.read(events().where('webhook', '=', webhook).orderBy('id').limit(limit).compile()),

    async failures(webhook) {
      const [row] = await database.read(
        query.selectFrom('webhooks').select('failures').where('id', '=', webhook).compile(),
      );
      return row?.failures ?? 0;
    },

    async overdue({ webhook, before, keep, limit }) {
      const old = await database.read(
        events().where('webhook', '=', webhook).where('at', '<', before).orderBy('at').limit(limit).compile(),
      );
      const [oldestKept] = await database.read(
        query
          .selectFrom('webhook_events')
          .select('id')
          .where('webhook', '=', webhook)
          .orderBy('id', 'desc')
          .limit(1)
          .offset(keep)
          .compile(),
      );
      if (oldestKept === undefined) return old;
      const beyond = await database.read(
        events()
          .where('webhook', '=', webhook)
          .where('id', '<=', oldestKept.id)
          .orderBy('id')
          .limit(limit)
          .compile(),
      );
      const known = new Map<number, WebhookEvent>([...old, ...beyond].map((event) => [event.id, event]));
      return [...known.values()].sort((one, other) => one.id - other.id).slice(0, limit);
    },

    async settle({ webhook, done, attempts, keep, failures, retryAt }) {
      const statements: CompiledQuery[] = [
        query
          .updateTable('webhooks')
          .set({ failures, retry_at: retryAt })
          .where('id', '=', webhook)
          .compile(),
      ];
      if (done.length > 0) {
        statements.push(
          query.deleteFrom('webhook_events').where('webhook', '=', webhook).where('id', 'in', done).compile(),
        );
      }
      for (const { at, ms, status, problem, events, event } of attempts) {
        // Not for a webhook that was removed meanwhile.
        statements.push(
          sql`
            insert into webhook_attempts (webhook, at, ms, status, problem, events, event)
            select id, cast(${at} as bigint), cast(${ms} as bigint), cast(${status} as bigint),
              cast(${problem} as text), cast(${events} as bigint), cast(${event} as text)
            from webhooks where id = ${webhook}`.compile(query),
        );
      }
      const tooMany = query
        .selectFrom('webhook_attempts')
        .select('id')
        .where('webhook', '=', webhook)
        .orderBy('id', 'desc')
        .limit(1)
        .offset(keep);
      statements.push(
        query
          .deleteFrom('webhook_attempts')
          .where('webhook', '=', webhook)
          .where('id', '<=', tooMany)
          .compile(),
      );
      await database.write(...statements);
    },

    attempts({ webhook, before = Number.MAX_SAFE_INTEGER, limit }) {
      return database.read(
        query
          .selectFrom('webhook_attempts')
          .select(['id', 'at', 'ms', 'status', 'problem', 'events', 'event'])
          .where('webhook', '=', webhook)
          .where('id', '<', before)
          .orderBy('id', 'desc')
          .limit(limit)
          .compile(),
      );
    },

    async waiting(webhook, limit) {
      const rows = await database.read(
        query.selectFrom('webhook_events').select('id').where('webhook', '=', webhook).limit(limit).compile(),
      );
      return rows.length;
    },
  };
}
