export { checkChange } from './check-change.ts';
export { checkAge, checkDraft, checkTarget } from './check-draft.ts';
export { draftToRepeat, type HandedIn, recordOfDraft } from './draft-record.ts';
export { Outbox, type SendOptions } from './outbox.ts';
export { type IdShare, SendIds } from './send-ids.ts';
