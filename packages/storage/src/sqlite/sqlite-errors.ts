import { StoreUnavailableError } from '../store.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that say something about the machine, not about the statement. */
const unavailable: ReadonlySet<number> = new Set([
  5, // BUSY: another process has locked the file
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL: the lock could not be had
]);

/** Whether another connection holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5;
}

/** Whether the same statement may succeed later. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof StoreUnavailableError || unavailable.has(primaryCode(error) ?? 0);
}

/** The error as the callers of a store know it. */
export function toStoreError(error: unknown): Error {
  if (error instanceof StoreUnavailableError) return error;
  if (isUnavailable(error)) {
    return new StoreUnavailableError(`The database is not available: ${messageOf(error)}.`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The low byte of SQLite's code; the others tell more precisely what happened. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}
