/** How many groups of his own a user may have; 0 for any number. */
export const groupsOfUsers = `
alter table users add column max_groups integer not null default 0;
`;
