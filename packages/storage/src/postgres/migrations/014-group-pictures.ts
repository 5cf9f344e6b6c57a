/** The column means what that of the SQLite store means (`sqlite/migrations/014-group-pictures.ts`). */
export const groupPictures = `
alter table chat_groups add column picture text collate "C" generated always as (settings::jsonb ->> 'picture') stored;
create index groups_by_picture on chat_groups (picture) where picture is not null and deleted = 0;
`;
