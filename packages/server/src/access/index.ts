export { Access, type Policy, type Subject } from './access.ts';
export { Failures } from './failures.ts';
export { requireOperation, requireRoomForGroup } from './operations.ts';
export { type OnlineAudience, pictureHeight } from './rules.ts';
