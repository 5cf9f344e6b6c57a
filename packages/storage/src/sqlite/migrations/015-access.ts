/** What users may do: rules by number for each app, and which of them a user was given. */
export const access = `
create table access_policies (
  aid integer not null references apps on delete cascade,
  id integer not null,
  name text not null,
  rules text not null,
  primary key (aid, id)
) strict, without rowid;

create table user_policies (
  uid integer primary key references users on delete cascade,
  aid integer not null,
  policy integer not null,
  foreign key (aid, policy) references access_policies (aid, id) on delete cascade
) strict;
create index user_policies_by_policy on user_policies (aid, policy);
`;
