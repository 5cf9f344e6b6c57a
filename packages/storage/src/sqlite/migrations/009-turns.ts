/**
 * Groups whose members get messages in turn. `conversations.in_turn` are the bits that a member needs to be one of those
 * who take turns; null where everybody gets everything. `turn` is who had the last one. What somebody got is a span of
 * one place, which is found by its end.
 */
export const turns = `
alter table conversations add column in_turn integer;
alter table conversations add column turn integer not null default 0;
create index group_spans_by_end on group_spans (conv, left_seq);
`;
