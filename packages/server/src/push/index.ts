export { pushAlarm } from './call-alarm.ts';
export { type MessageNote, MessageNotes, type PushContent } from './message-note.ts';
export { MessageSweep } from './message-sweep.ts';
export { pushOperations } from './operations.ts';
export { Registrations } from './registrations.ts';
export { Sender } from './sender.ts';
export { SweepMark } from './sweep-mark.ts';
export { vapidKeys } from './vapid-keys.ts';
