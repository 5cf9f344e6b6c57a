/** The columns mean what those of the SQLite store mean (`sqlite/migrations/017-pin-holders.ts`). */
export const pinHolders = `
alter table group_members add column pin bigint;
create index group_members_by_pin on group_members (gid, pin) where pin is not null;
alter table group_pins add column holder bigint;
create index group_pins_by_end on group_pins (expires_at) where expires_at is not null;
`;
