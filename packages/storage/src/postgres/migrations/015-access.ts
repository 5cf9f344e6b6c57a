/** The tables mean what those of the SQLite store mean (`sqlite/migrations/015-access.ts`). */
export const access = `
create table access_policies (
  aid bigint not null references apps on delete cascade,
  id bigint not null,
  name text not null,
  rules text not null,
  primary key (aid, id)
);

create table user_policies (
  uid bigint primary key references users on delete cascade,
  aid bigint not null,
  policy bigint not null,
  foreign key (aid, policy) references access_policies (aid, id) on delete cascade
);
create index user_policies_by_policy on user_policies (aid, policy);
`;
