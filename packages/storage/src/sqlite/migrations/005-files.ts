/**
 * Uploaded files. `state`: 0 while being uploaded, 1 stored, 2 while its content is being removed.
 *
 * - `check_at` is when it is next looked at whether a message still names the file.
 * - `file_uses` names messages by the key with which they are sent (`messages_by_send`, `scheduled`), and is written
 *   before them: no message names a file that nobody knows of. Neither table has foreign keys to others: what is gone
 *   leaves uses of nothing, and files go by `check_at`, their content with them.
 */
export const files = `
create table files (
  id text primary key,
  aid integer not null,
  uid integer not null,
  name text not null,
  mime text not null default '',
  size integer not null,
  sha256 blob,
  state integer not null default 0,
  created_at integer not null,
  check_at integer not null
) strict, without rowid;
create index files_by_user on files (uid, id);
create index files_by_check on files (check_at);

create table file_uses (
  file text not null references files on delete cascade,
  sender integer not null,
  dev integer not null,
  id integer not null,
  primary key (file, sender, dev, id)
) strict, without rowid;
`;
