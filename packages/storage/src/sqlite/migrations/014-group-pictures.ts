/** The uploaded file that is the picture of a group, as its settings say: it keeps the file. */
export const groupPictures = `
alter table chat_groups add column picture text generated always as (json_extract(settings, '$.picture')) virtual;
create index groups_by_picture on chat_groups (picture) where picture is not null and deleted = 0;
`;
