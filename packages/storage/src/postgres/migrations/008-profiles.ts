/** The table means what that of the SQLite store means (`sqlite/migrations/008-profiles.ts`). */
export const profiles = `
create table profiles (
  uid bigint primary key references users on delete cascade,
  aid bigint not null,
  version bigint not null,
  document bytea not null,
  picture text collate "C",
  search text collate "C"
);
create index profiles_by_picture on profiles (picture) where picture is not null;
create index profiles_by_search on profiles (aid, search, uid) where search is not null;
`;
