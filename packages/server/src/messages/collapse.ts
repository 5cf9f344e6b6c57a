import type { StoredMessage } from '@stoa/storage';
import { isMarkEvent } from './mark-frames.ts';

/** An entry of the log as it is sent: it stands for the places from `first` to its own. */
export interface SentEntry {
  readonly message: StoredMessage;
  readonly first: number;
}

/**
 * What has to be sent of a stretch of the log, ascending: of many events that mark one message the last, which tells all
 * that is on it, and none when the message is among them. The last entry is always sent, so that all places are covered.
 */
export function collapsed(messages: readonly StoredMessage[]): SentEntry[] {
  const told = new Set(messages.map(({ seq }) => seq));
  const entries: SentEntry[] = [];
  for (const message of messages.toReversed()) {
    const next = entries.at(-1);
    const { seq } = message;
    const target = markedBy(message);
    if (target !== undefined && next !== undefined && next.first === seq + 1 && told.has(target)) {
      entries[entries.length - 1] = { message: next.message, first: seq };
      continue;
    }
    if (target !== undefined) told.add(target);
    entries.push({ message, first: seq });
  }
  return entries.reverse();
}

/** The place of the message that an event marks. */
function markedBy({ special }: StoredMessage): number | undefined {
  return special !== null && isMarkEvent(special.event) ? (special.target ?? undefined) : undefined;
}
