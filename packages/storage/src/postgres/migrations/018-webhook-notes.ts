/** The table means what that of the SQLite store means (`sqlite/migrations/018-webhook-notes.ts`). */
export const webhookNotes = `
create table webhook_notes (
  kind bigint not null,
  conv bigint not null,
  uid bigint not null,
  seq bigint not null,
  at bigint not null,
  primary key (kind, conv, uid, seq)
);
create index webhook_notes_by_time on webhook_notes (at);
`;
