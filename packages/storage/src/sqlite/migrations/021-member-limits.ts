/**
 * What counts of calls for one member of a group, or for whoever joins with a PIN, as JSON; null when nothing but what
 * counts for all. `until`: when a membership ends; `stay`: the seconds for which a PIN makes somebody a member.
 */
export const memberLimits = `
alter table group_members add column calls text;
alter table group_members add column until integer;
create index group_members_by_end on group_members (until) where until is not null;
alter table group_pins add column calls text;
alter table group_pins add column stay integer;
`;
