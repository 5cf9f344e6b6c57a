/**
 * What events put on messages: reactions. A row of `message_marks` is one of them; `event` is a number of
 * sql/message-states.ts, `seq` the place of the event. They go with what else is special about the message, when that is
 * gone. `marked` is the place of the latest event that counted; 0 when there never was one.
 */
export const marks = `
alter table message_extras add column marked integer not null default 0;

create table message_marks (
  mid integer not null references message_extras on delete cascade,
  event integer not null,
  value text not null,
  uid integer not null,
  conv integer not null,
  seq integer not null,
  ts integer not null,
  primary key (mid, event, value, uid)
) strict, without rowid;
create index message_marks_by_user on message_marks (uid);
`;
