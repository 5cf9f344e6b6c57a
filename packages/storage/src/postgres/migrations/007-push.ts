/** The table means what that of the SQLite store means (`sqlite/migrations/007-push.ts`). */
export const push = `
create table push_registrations (
  dev bigint primary key references devices on delete cascade,
  uid bigint not null,
  provider text collate "C" not null,
  target text collate "C" not null,
  p256dh text,
  auth text,
  created_at bigint not null,
  unique (provider, target)
);
create index push_registrations_by_user on push_registrations (uid);
`;
