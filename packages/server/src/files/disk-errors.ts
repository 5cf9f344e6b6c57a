import { StoaError } from '@stoa/protocol';

/** The disk, the quota of the operating system's user, or the size that a file may have is exhausted. */
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function isErrorOf(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** What a caller may see of an error of the file system: STORAGE_FULL when there is no room, otherwise the error itself. */
function diskError(error: unknown): unknown {
  return isErrorOf(error, ...fullCodes) ? new StoaError('STORAGE_FULL', undefined, { cause: error }) : error;
}

/** Runs what uses the disk, so that a full one is told apart from everything else. */
export async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error);
  }
}
