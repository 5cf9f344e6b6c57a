/**
 * Which node each room belongs to. Rows stay when a room ends, so that epochs only rise; nodes look for their own every
 * second.
 */
export const roomLeases = `
create table room_leases (
  gid integer primary key references chat_groups on delete cascade,
  node text,
  epoch integer not null,
  until integer not null,
  started_at integer not null
) strict;
create index room_leases_by_node on room_leases (node) where node is not null;
`;
