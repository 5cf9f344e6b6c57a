/** The tables mean what those of the SQLite store mean (`sqlite/migrations/005-files.ts`). */
export const files = `
create table files (
  id text collate "C" primary key,
  aid bigint not null,
  uid bigint not null,
  name text not null,
  mime text not null default '',
  size bigint not null,
  sha256 bytea,
  state bigint not null default 0,
  created_at bigint not null,
  check_at bigint not null
);
create index files_by_user on files (uid, id);
create index files_by_check on files (check_at);

create table file_uses (
  file text collate "C" not null references files on delete cascade,
  sender bigint not null,
  dev bigint not null,
  id bigint not null,
  primary key (file, sender, dev, id)
);
`;
