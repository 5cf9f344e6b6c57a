import type { Logger } from 'pino';
import type { Background } from '../background.ts';
import type { Recordings } from './recordings.ts';

export interface ExpiryOptions {
  readonly recordings: Recordings;
  readonly background: Background;
  /** For which recordings are kept after their end; 0 for ever. */
  readonly days: number;
  readonly logger: Logger;
}

/** Removes recordings that are older than they are to be kept: at the start, and every hour. */
export function expireRecordings({ recordings, background, days, logger }: ExpiryOptions): void {
  const start = background.repeat(3_600_000, async (goOn) => {
    const { removed, bytes, failures } = await recordings.sweep(days, goOn);
    if (removed > 0) logger.info({ recordings: removed, bytes }, 'old recordings were removed');
    if (failures.length > 0)
      throw new AggregateError(failures, 'Parts of the sweep of recordings have failed.');
  });
  // What the end of the process interrupted, and what has become due meanwhile.
  start();
}
