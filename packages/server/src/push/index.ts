export { pushOperations } from './operations.ts';
export { Registrations } from './registrations.ts';
export { vapidKeys } from './vapid-keys.ts';
