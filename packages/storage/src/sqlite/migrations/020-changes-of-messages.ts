/** Finds what edits and recalls messages of a conversation, among all that has extras. */
export const changesOfMessages = `
create index extras_changes on message_extras (conv, seq) where event > 0 and event < 3;
`;
