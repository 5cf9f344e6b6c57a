/**
 * What happened and is not in the queues of webhooks yet, written with it: a message (`kind` 0; `uid` is its sender), or a
 * cursor that has come to a place (as `receipts.kind`).
 */
export const webhookNotes = `
create table webhook_notes (
  kind integer not null,
  conv integer not null,
  uid integer not null,
  seq integer not null,
  at integer not null,
  primary key (kind, conv, uid, seq)
) strict, without rowid;
create index webhook_notes_by_time on webhook_notes (at);
`;
