/** The indexes mean what those of the SQLite store mean (`sqlite/migrations/016-threads.ts`). */
export const threads = `
create index message_pins on message_marks (conv, seq) where event = 4;
create index messages_by_ref on messages (conv, ref, mid) where ref is not null;
`;
