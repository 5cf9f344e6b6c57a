/** The same as for the SQLite store (`sqlite/migrations/020-changes-of-messages.ts`). */
export const changesOfMessages = `
create index extras_changes on message_extras (conv, seq) where event > 0 and event < 3;
`;
