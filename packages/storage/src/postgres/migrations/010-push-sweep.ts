/** The table means what that of the SQLite store means (`sqlite/migrations/010-push-sweep.ts`). */
export const pushSweep = `
create table push_sweep (
  one integer primary key check (one = 1),
  holder text collate "C" not null,
  held_until bigint not null,
  mid bigint not null
);
insert into push_sweep select 1, '', 0, coalesce(max(mid), 0) from messages;
`;
