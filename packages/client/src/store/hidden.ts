import type { MessageRecord } from './records.ts';

/** Whether a record only waits or stands in for something, and is no message of its conversation. */
export function isHidden({ event, scheduledAt, withdrawn }: MessageRecord): boolean {
  return event !== undefined || scheduledAt !== undefined || withdrawn === true;
}
