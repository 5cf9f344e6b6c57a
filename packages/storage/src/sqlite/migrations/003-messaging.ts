/**
 * Changes of messages, disappearing messages, and what belongs to one user alone. The numbers that stand for words are
 * those of sql/message-states.ts.
 *
 * - Most messages have no `state`: they cost nothing more than before. State 0 says that there is a row in
 *   `message_extras`, others why the message is gone; then it has no such row. One that has neither state nor content
 *   has expired.
 * - An edit has no content in its row: it is kept once, with its target.
 * - `extras_waiting` are messages whose age does not count yet, `extras_due` those that will disappear.
 * - `messages_unkeyed` completes `messages_by_send`, so that all messages of a user can be found.
 * - A value's `position` is one of `log_state`, as a conversation's.
 */
export const messaging = `
alter table messages add column state integer;
create index messages_unkeyed on messages (sender, mid) where id is null;

create table message_extras (
  mid integer primary key references messages on delete cascade,
  conv integer not null,
  seq integer not null,
  sender integer not null,
  event integer not null default 0,
  target integer,
  age integer not null default 0,
  age_from integer not null default 0,
  due_at integer,
  edited_at integer
) strict;
create index extras_waiting on message_extras (conv, seq) where age > 0 and due_at is null;
create index extras_due on message_extras (due_at) where due_at is not null;

alter table apps add column swept_mid integer not null default 0;

create table user_values (
  uid integer not null references users on delete cascade,
  key text not null,
  value blob,
  position integer not null,
  updated_at integer not null,
  primary key (uid, key)
) strict, without rowid;
create index user_values_by_position on user_values (uid, position, key);

create table scheduled (
  sender integer not null references users on delete cascade,
  dev integer not null,
  id integer not null,
  at integer not null,
  payload blob,
  failed text,
  touched_at integer not null default 0,
  primary key (sender, dev, id)
) strict;
create index scheduled_by_time on scheduled (at) where payload is not null and failed is null;
create index scheduled_over on scheduled (touched_at) where payload is null or failed is not null;

create table erasures (
  uid integer primary key references users on delete cascade,
  dev integer not null default -1,
  id integer not null default 0,
  mid integer not null default 0
) strict;
`;
