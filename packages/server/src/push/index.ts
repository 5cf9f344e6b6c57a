export { pushAlarm } from './call-alarm.ts';
export { pushOperations } from './operations.ts';
export { Registrations } from './registrations.ts';
export { Sender } from './sender.ts';
export { vapidKeys } from './vapid-keys.ts';
