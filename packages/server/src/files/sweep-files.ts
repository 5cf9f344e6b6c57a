import type { FileRecordStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { FileStore } from './file-store.ts';
import type { PartialFiles } from './partial-files.ts';

export interface FileSweepOptions {
  readonly records: FileRecordStore;
  readonly store: FileStore;
  readonly partial: PartialFiles;
  readonly clock: Clock;
}

/**
 * Removes files that no message names any more, and uploads that were not finished, as long as it may. A file is looked
 * at about once a day.
 */
export async function sweepFiles(
  { records, store, partial, clock }: FileSweepOptions,
  goOn: () => boolean,
): Promise<void> {
  while (goOn()) {
    const now = clock.now();
    const { examined, unused } = await records.takeUnused({
      now,
      nextCheck: now + dayMs,
      limit: filesAtOnce,
    });
    for (const id of unused) {
      // The record last: what the end of the process interrupts is found again by it.
      await partial.remove(id);
      await store.remove(id);
      await records.remove(id);
    }
    if (examined < filesAtOnce) break;
  }
  await partial.removeOlder(clock.now() - leftoverMs);
}

const filesAtOnce = 100;
const dayMs = 24 * 3600 * 1000;
/** By then, the record of an upload is gone. Its node may have been another, which does not see this one's disk. */
const leftoverMs = 2 * dayMs;
