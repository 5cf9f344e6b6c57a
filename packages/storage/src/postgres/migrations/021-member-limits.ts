/** The columns mean what those of the SQLite store mean (`sqlite/migrations/021-member-limits.ts`). */
export const memberLimits = `
alter table group_members add column calls text;
alter table group_members add column until bigint;
create index group_members_by_end on group_members (until) where until is not null;
alter table group_pins add column calls text;
alter table group_pins add column stay bigint;
`;
