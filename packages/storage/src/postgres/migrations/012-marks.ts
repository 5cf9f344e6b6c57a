/** The tables mean what those of the SQLite store mean (`sqlite/migrations/012-marks.ts`). */
export const marks = `
alter table message_extras add column marked bigint not null default 0;

create table message_marks (
  mid bigint not null references message_extras on delete cascade,
  event bigint not null,
  value text collate "C" not null,
  uid bigint not null,
  conv bigint not null,
  seq bigint not null,
  ts bigint not null,
  primary key (mid, event, value, uid)
);
create index message_marks_by_user on message_marks (uid);
`;
