/**
 * Groups. A group's messages are in its conversation, which is made with it.
 *
 * - `conversations.epoch` counts the changes of a group: of its settings, members, permissions, PINs. Whoever decides by
 *   what he has read of a group names the epoch that he has read.
 * - `group_spans` are the places that a user may read: those after `joined_seq`, up to `left_seq` while it is not null.
 *   They outlive the membership, so that devices which were away still get what was sent before its end. A member whom
 *   the group's flags do not let receive has none that is open.
 * - Gids begin at 1000: the ones below 12 have a meaning of their own in mesibo, and its demo refuses those below 1000.
 * - `ref` is made by who makes the group, so that the statements of one transaction find the gid.
 */
export const groups = `
alter table conversations add column epoch integer not null default 0;

create table chat_groups (
  gid integer primary key autoincrement check (gid < 4294967296),
  aid integer not null references apps on delete cascade,
  conv integer not null default 0,
  ref text not null unique,
  name text not null,
  flags integer not null,
  settings text not null default '{}',
  created_at integer not null,
  expires_at integer,
  extend_seconds integer not null default 0,
  deleted integer not null default 0
) strict;
create index groups_by_conv on chat_groups (conv);
create index groups_by_app on chat_groups (aid, gid);
create index groups_by_expiry on chat_groups (expires_at) where expires_at is not null and deleted = 0;
insert into sqlite_sequence (name, seq) values ('chat_groups', 999);

create table group_members (
  gid integer not null references chat_groups on delete cascade,
  uid integer not null references users on delete cascade,
  role integer not null,
  flags integer not null,
  admin integer not null,
  joined_at integer not null,
  primary key (gid, uid)
) strict, without rowid;
create index group_members_by_user on group_members (uid, gid);

create table group_spans (
  conv integer not null,
  uid integer not null,
  joined_seq integer not null,
  left_seq integer,
  primary key (conv, uid, joined_seq)
) strict, without rowid;

create table group_pins (
  gid integer not null references chat_groups on delete cascade,
  pin integer not null,
  flags integer not null,
  admin integer not null,
  expires_at integer,
  uses_left integer,
  primary key (gid, pin)
) strict, without rowid;

create table group_requests (
  gid integer not null references chat_groups on delete cascade,
  uid integer not null references users on delete cascade,
  asked_at integer not null,
  primary key (gid, uid)
) strict, without rowid;
create index group_requests_by_user on group_requests (uid);
`;
