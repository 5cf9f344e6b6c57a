/** See `sqlite/migrations/009-turns.ts`. */
export const turns = `
alter table conversations add column in_turn bigint;
alter table conversations add column turn bigint not null default 0;
create index group_spans_by_end on group_spans (conv, left_seq);
`;
