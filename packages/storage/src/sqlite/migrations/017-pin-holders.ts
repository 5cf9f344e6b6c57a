/**
 * Remembers by which PIN a member joined, so that he can go with it, and for whom a PIN is good: for everybody (null), for whoever
 * joins with it first (0), or for one user.
 */
export const pinHolders = `
alter table group_members add column pin integer;
create index group_members_by_pin on group_members (gid, pin) where pin is not null;
alter table group_pins add column holder integer;
create index group_pins_by_end on group_pins (expires_at) where expires_at is not null;
`;
