/**
 * How far the log has been gone over in search of devices to be woken (messages up to `mid`), and which node does it
 * now: one at a time, until `held_until` unless it says so again. What was there before is not looked at.
 */
export const pushSweep = `
create table push_sweep (
  one integer primary key check (one = 1),
  holder text not null,
  held_until integer not null,
  mid integer not null
) strict;
insert into push_sweep select 1, '', 0, mid from log_state;
`;
