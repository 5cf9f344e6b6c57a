import { StoaError } from '@stoa/protocol';

/** What an application is told of a failure: what the server said, or that a browser's media did not do. */
export function roomProblem(error: unknown): StoaError {
  if (error instanceof StoaError) return error;
  return new StoaError('INTERNAL', 'The media of a room could not be prepared.', { cause: error });
}
