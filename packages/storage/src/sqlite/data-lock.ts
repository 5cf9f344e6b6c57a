import { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from '../open-error.ts';
import { isBusy } from './sqlite-errors.ts';

export interface DataLock {
  release(): void;
}

/**
 * Makes this process the only one that writes the database: the writer keeps heads of conversations in memory, which
 * a second writer would make wrong. The lock is an open exclusive transaction on a small database beside it; the
 * operating system ends it with the process, however the process ends. The file itself stays.
 *
 * @throws StoreOpenError `in-use`
 */
export function lockData(path: string): DataLock {
  const lock = new DatabaseSync(`${path}-lock`, { timeout: 0 });
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new StoreOpenError(
      'in-use',
      `Another process uses the database "${path}". Stop it first, or give this one a data directory of its own.`,
      { cause: error },
    );
  }
  return { release: () => lock.close() };
}
