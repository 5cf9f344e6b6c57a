import type { Generated } from 'kysely';

export interface WebhookTables {
  webhooks: WebhooksTable;
  webhook_events: WebhookEventsTable;
  webhook_attempts: WebhookAttemptsTable;
  delivery_checks: { mid: number; due_at: number };
  /** What happened and is not in the queues yet. */
  webhook_notes: { kind: number; conv: number; uid: number; seq: number; at: number };
  /** Which nodes hold a user. */
  user_nodes: { uid: number; node: string };
}

export interface WebhooksTable {
  id: Generated<number>;
  aid: number;
  name: string;
  url: string;
  secret: string;
  /** JSON. */
  events: string;
  form: string;
  created_at: number;
  /** Node that is sending, and until when it has the right to. */
  node: string | null;
  node_until: Generated<number>;
  failures: Generated<number>;
  retry_at: Generated<number>;
}

export interface WebhookEventsTable {
  id: Generated<number>;
  webhook: number;
  event: string;
  at: number;
  body: string;
}

export interface WebhookAttemptsTable {
  id: Generated<number>;
  webhook: number;
  at: number;
  ms: number;
  status: number | null;
  problem: string | null;
  events: number;
  event: string;
}
