export { scheduleOperations } from './operations.ts';
export { Schedule } from './schedule.ts';
export { scheduleFromBackend } from './schedule-from-backend.ts';
