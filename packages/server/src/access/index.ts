export { Access, type Policy, type Subject } from './access.ts';
export { Failures } from './failures.ts';
export { requireOperation } from './operations.ts';
export { type OnlineAudience, pictureHeight } from './rules.ts';
