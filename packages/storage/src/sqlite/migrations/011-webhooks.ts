/**
 * What an app's own server is told: `webhook_events` is a queue for each webhook, in the order of the ids, from which one
 * node at a time sends (`node`, `node_until`). `webhook_attempts` is the log of requests. `delivery_checks` are messages
 * of which it is looked at later whether they were received; `user_nodes` says which nodes hold a user.
 */
export const webhooks = `
create table webhooks (
  id integer primary key autoincrement,
  aid integer not null references apps on delete cascade,
  name text not null,
  url text not null,
  secret text not null,
  events text not null,
  form text not null,
  created_at integer not null,
  node text,
  node_until integer not null default 0,
  failures integer not null default 0,
  retry_at integer not null default 0,
  unique (aid, name)
) strict;

create table webhook_events (
  id integer primary key autoincrement,
  webhook integer not null references webhooks on delete cascade,
  event text not null,
  at integer not null,
  body text not null,
  unique (webhook, event)
) strict;
create index webhook_events_in_order on webhook_events (webhook, id);
create index webhook_events_by_age on webhook_events (webhook, at);

create table webhook_attempts (
  id integer primary key autoincrement,
  webhook integer not null references webhooks on delete cascade,
  at integer not null,
  ms integer not null,
  status integer,
  problem text,
  events integer not null,
  event text not null
) strict;
create index webhook_attempts_in_order on webhook_attempts (webhook, id);

create table delivery_checks (
  mid integer primary key,
  due_at integer not null
) strict;
create index delivery_checks_by_time on delivery_checks (due_at);

create table user_nodes (
  uid integer not null,
  node text not null,
  primary key (uid, node)
) strict, without rowid;
create index user_nodes_by_node on user_nodes (node);
`;
