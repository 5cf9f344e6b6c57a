/**
 * Names of columns are those of the Store interface, whose comments say what they mean. Not as one might expect:
 *
 * - Ids are never given again, hence `autoincrement`. Message ids come from `log_state.mid` instead, so that a batch
 *   of messages writes the counter once.
 * - `log_state.position` counts the commits that changed the log or cursors; a conversation carries the position of its
 *   latest change. Members are sorted by user, so that "what changed for this user since" reads the user's
 *   conversations and nobody else's, and a message changes one row beside its own, however many members there are.
 * - `message_expiry` lists what may have to be emptied, in order of time; a row is removed once it was looked at, so
 *   that delivered messages are looked at once. It has no foreign key: a row without message does no harm.
 * - `receipts` are the advances of members' cursors (kind 1 delivered, 2 read). A cursor's move from 3 to 7 is one row
 *   with seq 7, which also answers for 4, 5 and 6.
 * - `members` and `device_cursors` have no foreign key to conversations, so that removing one does not search them:
 *   conversation ids are never given again, and the rows go with their user or device.
 */
export const initial = `
create table apps (
  aid integer primary key autoincrement,
  name text not null,
  token_hash blob unique,
  settings text not null default '{}',
  created_at integer not null,
  removed integer not null default 0
) strict;

create table users (
  uid integer primary key autoincrement check (uid < 4294967296),
  aid integer not null references apps on delete cascade,
  address text not null,
  name text not null,
  active integer not null,
  flag integer not null,
  created_at integer not null,
  last_seen integer not null default 0,
  removed integer not null default 0
) strict;
create unique index users_by_address on users (aid, address) where removed = 0;
create index users_by_app on users (aid);

create table tokens (
  id integer primary key autoincrement,
  uid integer not null references users on delete cascade,
  aid integer not null,
  hash blob not null unique,
  app_name text,
  expires_at integer,
  created_at integer not null
) strict;
create index tokens_by_user on tokens (uid);
create index tokens_by_expiry on tokens (expires_at) where expires_at is not null;

create table otps (
  aid integer not null references apps on delete cascade,
  address text not null,
  hash blob not null,
  tries integer not null,
  reuse integer not null,
  expires_at integer not null,
  primary key (aid, address)
) strict, without rowid;
create index otps_by_expiry on otps (expires_at);

create table devices (
  dev integer primary key autoincrement,
  uid integer not null references users on delete cascade,
  id text not null,
  agent text not null,
  position integer,
  created_at integer not null,
  last_seen integer not null,
  unique (uid, id)
) strict;

create table settings (
  name text primary key,
  value text not null
) strict, without rowid;

create table conversations (
  conv integer primary key autoincrement,
  aid integer not null references apps on delete cascade,
  a integer,
  b integer,
  gid integer,
  last integer not null default 0,
  last_at integer not null default 0,
  position integer not null default 0,
  check (case when gid is null then a <= b else a is null and b is null end)
) strict;
create unique index conversations_by_pair on conversations (a, b) where gid is null;
create unique index conversations_by_group on conversations (aid, gid) where gid is not null;
create index conversations_by_app on conversations (aid);

create table messages (
  mid integer primary key,
  conv integer not null references conversations on delete cascade,
  seq integer not null,
  sender integer not null,
  dev integer not null,
  id integer,
  ts integer not null,
  type integer not null,
  flags integer not null,
  local_id integer not null,
  ref integer,
  expires_at integer not null,
  content blob,
  unique (conv, seq)
) strict;
create unique index messages_by_send on messages (sender, dev, id) where id is not null;

create table message_expiry (
  expires_at integer not null,
  mid integer not null,
  primary key (expires_at, mid)
) strict, without rowid;

create table members (
  uid integer not null references users on delete cascade,
  conv integer not null,
  delivered integer not null default 0,
  delivered_at integer not null default 0,
  read integer not null default 0,
  read_at integer not null default 0,
  seen integer not null default 0,
  primary key (uid, conv)
) strict, without rowid;

create table device_cursors (
  dev integer not null references devices on delete cascade,
  conv integer not null,
  received integer not null,
  primary key (dev, conv)
) strict, without rowid;

create table receipts (
  conv integer not null references conversations on delete cascade,
  uid integer not null,
  kind integer not null,
  seq integer not null,
  ts integer not null,
  primary key (conv, uid, kind, seq)
) strict, without rowid;

create table log_state (
  one integer primary key check (one = 1),
  position integer not null,
  mid integer not null
) strict;
insert into log_state values (1, 0, 0);
`;
