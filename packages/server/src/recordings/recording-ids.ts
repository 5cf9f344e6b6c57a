import { randomBytes } from 'node:crypto';

/** The beginning in UTC, so that names are in the order of time, and something that nobody guesses. */
export function newRecordingId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:.]/g, '');
  return `${time}-${randomBytes(9).toString('hex')}`;
}

export function isRecordingId(text: string): boolean {
  return /^\d{8}T\d{9}Z-[0-9a-f]{18}$/.test(text);
}

/** When the recording of this id began, in milliseconds since 1970. */
export function beginningOf(id: string): number {
  return Date.parse(id.slice(0, 19).replace(/^(....)(..)(..T..)(..)(..)(...Z)$/, '$1-$2-$3:$4:$5.$6'));
}
