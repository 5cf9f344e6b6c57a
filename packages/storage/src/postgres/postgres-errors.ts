import { StoaError } from '@stoa/protocol';
import { DatabaseError } from 'pg';
import { StoreOpenError } from '../open-error.ts';
import { StoreUnavailableError } from '../store.ts';

/** Classes of SQLSTATE that say something about the server, not about the statement (appendix A of its manual). */
const unavailableClasses: ReadonlySet<string> = new Set([
  '08', // connection
  '28', // who connects is not (or no longer) allowed to
  '53', // disk full, out of memory, too many connections
  '57', // shut down, or cancelled by a time-out
  '58', // input or output
]);

const unavailableCodes: ReadonlySet<string> = new Set([
  '25006', // read-only: this server is, or has become, a replica
  '25P03', // idle too long in a transaction
  '3D000', // there is no such database
  '40001', // serialization failure, also after some attempts
  '40P01', // deadlock, also after some attempts
  '55P03', // a lock was not to be had in time
]);

/** Outcomes of two transactions that met: the same one, tried again, finds another state. */
const conflictCodes: ReadonlySet<string> = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '23503', // what a row refers to was removed since it was read
  '23505', // another node has added the same since it was looked for
]);

/** PostgreSQL keeps every character but U+0000, in a text (22021) or in JSON (22P05). */
const unkeepable: ReadonlySet<string> = new Set(['22021', '22P05']);

/** What the transaction relies on was changed by another before it was locked. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** Whether the transaction may succeed when it is run again at once. */
export function isConflict(error: unknown): boolean {
  if (error instanceof ConflictError) return true;
  return error instanceof DatabaseError && conflictCodes.has(error.code ?? '');
}

/**
 * Whether the same statement may succeed later. What is no answer of the server has happened to the connection; a value
 * that could not be sent has not.
 */
function isUnavailable(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof TypeError) return false;
  if (!(error instanceof DatabaseError)) return true;
  const code = error.code ?? '';
  return unavailableClasses.has(code.slice(0, 2)) || unavailableCodes.has(code);
}

/** Whether the connection can be used no longer, or nobody knows in which state it is. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof ConflictError) return false;
  return !(error instanceof DatabaseError) || error.severity === 'FATAL' || error.severity === 'PANIC';
}

/** The error as the callers of a store know it. */
export function toStoreError(error: unknown): Error {
  if (error instanceof StoreUnavailableError || error instanceof StoreOpenError) return error;
  if (isUnavailable(error)) {
    return new StoreUnavailableError(`The database is not available: ${messageOf(error)}.`, { cause: error });
  }
  if (error instanceof DatabaseError && unkeepable.has(error.code ?? ''))
    return new StoaError('BAD_REQUEST', 'A text has the character U+0000.', { hint: 'Send it without.' });
  return error instanceof Error ? error : new Error(String(error));
}

/** In one line. Connecting to a name with several addresses fails with several errors, which have the text. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
}
