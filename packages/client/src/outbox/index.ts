export { checkAge, checkTarget } from './check-draft.ts';
export { Outbox } from './outbox.ts';
