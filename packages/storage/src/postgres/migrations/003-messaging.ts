/**
 * The tables mean what those of the SQLite store mean (`sqlite/migrations/003-messaging.ts`). Keys of values are sorted
 * by their bytes, as there.
 */
export const messaging = `
alter table messages add column state bigint;
create index messages_unkeyed on messages (sender, mid) where id is null;

create table message_extras (
  mid bigint primary key references messages on delete cascade,
  conv bigint not null,
  seq bigint not null,
  sender bigint not null,
  event bigint not null default 0,
  target bigint,
  age bigint not null default 0,
  age_from bigint not null default 0,
  due_at bigint,
  edited_at bigint
);
create index extras_waiting on message_extras (conv, seq) where age > 0 and due_at is null;
create index extras_due on message_extras (due_at) where due_at is not null;

alter table apps add column swept_mid bigint not null default 0;

create table user_values (
  uid bigint not null references users on delete cascade,
  key text collate "C" not null,
  value bytea,
  position bigint not null,
  updated_at bigint not null,
  primary key (uid, key)
);
create index user_values_by_position on user_values (uid, position, key);

create table scheduled (
  sender bigint not null references users on delete cascade,
  dev bigint not null,
  id bigint not null,
  at bigint not null,
  payload bytea,
  failed text,
  touched_at bigint not null default 0,
  primary key (sender, dev, id)
);
create index scheduled_by_time on scheduled (at) where payload is not null and failed is null;
create index scheduled_over on scheduled (touched_at) where payload is null or failed is not null;

create table erasures (
  uid bigint primary key references users on delete cascade,
  dev bigint not null default -1,
  id bigint not null default 0,
  mid bigint not null default 0
);
`;
