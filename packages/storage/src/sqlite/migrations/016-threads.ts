/**
 * Finds what is pinned in a conversation, and the answers to a message. Most messages answer none, and cost nothing by it.
 */
export const threads = `
create index message_pins on message_marks (conv, seq) where event = 4;
create index messages_by_ref on messages (conv, ref, mid) where ref is not null;
`;
