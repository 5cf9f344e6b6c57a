/** The table means what that of the SQLite store means (`sqlite/migrations/019-room-leases.ts`). */
export const roomLeases = `
create table room_leases (
  gid bigint primary key references chat_groups on delete cascade,
  node text,
  epoch bigint not null,
  until bigint not null,
  started_at bigint not null
);
create index room_leases_by_node on room_leases (node) where node is not null;
`;
