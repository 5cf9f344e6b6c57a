import type { ConversationRecord } from '../store/index.ts';
import { doneUpTo } from './conversation-record.ts';
import { addPlaces, countAfter, type Runs } from './runs.ts';

/**
 * The conversation with these places, first and last of each range, known to hold nothing for the user: nobody fetches
 * them, and they are not unread.
 */
export function withHiddenPlaces(
  record: ConversationRecord,
  ranges: readonly (readonly [first: number, last: number])[],
): ConversationRecord {
  let runs: Runs = record.runs;
  for (const [first, last] of ranges) runs = addPlaces(runs, first, last);
  if (runs === record.runs) return record;
  const done = doneUpTo(record);
  const skipped = record.skipped + countAfter(runs, done) - countAfter(record.runs, done);
  return { ...record, runs, skipped };
}
