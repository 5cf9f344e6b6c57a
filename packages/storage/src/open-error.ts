/**
 * Why a store could not be opened. The message says what to do, and is fit to be shown to who starts the server.
 *
 * - `in-use`: another process holds the data;
 * - `newer`: a newer version of Stoa wrote it;
 * - `unusable`: it cannot be created, read or written, or is no database;
 * - `unreachable`: the database server does not answer;
 * - `unsafe`: it would lose what it has acknowledged.
 */
export type StoreOpenReason = 'in-use' | 'newer' | 'unusable' | 'unreachable' | 'unsafe';

export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
  readonly reason: StoreOpenReason;

  constructor(reason: StoreOpenReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
