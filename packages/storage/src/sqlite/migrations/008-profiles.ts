/**
 * What users say of themselves beside their names. `search` is what a user is found by, in lower case, null for one who is
 * not to be found; `picture` keeps the file that is the picture.
 */
export const profiles = `
create table profiles (
  uid integer primary key references users on delete cascade,
  aid integer not null,
  version integer not null,
  document blob not null,
  picture text,
  search text
) strict;
create index profiles_by_picture on profiles (picture) where picture is not null;
create index profiles_by_search on profiles (aid, search, uid) where search is not null;
`;
