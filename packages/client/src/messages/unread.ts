import { countAfter, doneUpTo, lastPlace } from '../conversations/index.ts';
import type { ConversationRecord, MessageRecord, Transaction } from '../store/index.ts';

/** Counts anew how many places after those that were read need no reading. */
export async function recounted(
  transaction: Transaction,
  record: ConversationRecord,
): Promise<ConversationRecord> {
  const { id, runs } = record;
  const last = lastPlace(runs);
  const from = doneUpTo(record);
  const messages = from < last ? await transaction.messages(id, from + 1, last + 1) : [];
  const unread = messages.filter(needsReading).length;
  const unknown = Math.max(0, last - from - countAfter(runs, from));
  return { ...record, skipped: Math.max(0, last - from - unread - unknown) };
}

/** Whether somebody has to read it, when it is beyond what was read. Calls that he took or refused he knows of. */
export function needsReading({ outgoing, content }: MessageRecord): boolean {
  if (outgoing || content === undefined) return false;
  const outcome = content.call?.outcome;
  return outcome === undefined || outcome === 'missed' || outcome === 'busy';
}
