import { StoaError } from '@stoa/protocol';

/** What is reported of an error that nobody waits for. One without a code is a fault of the client. */
export function problemOf(error: unknown): StoaError {
  if (error instanceof StoaError) return error;
  const hint = 'Report it with its cause.';
  return new StoaError('INTERNAL', 'Something went wrong in the client.', { hint, cause: error });
}
