/** The column means what that of the SQLite store means (`sqlite/migrations/022-groups-of-users.ts`). */
export const groupsOfUsers = `
alter table users add column max_groups bigint not null default 0;
`;
