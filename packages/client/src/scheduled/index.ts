export { ScheduledMessages } from './scheduled-messages.ts';
