import { internal } from '../internal.ts';
import type { MesiboMessage } from '../messages/message.ts';

/**
 * The live array of a read session. It belongs to the application too, which may render it, and put rows of its own
 * into it: changes are made in place, and foreign entries stay where they are.
 */

/** Puts a message where it belongs in time. Does nothing when it is there already. */
export function insertByTime(list: MesiboMessage[], message: MesiboMessage): void {
  if (list.includes(message)) return;
  let index = list.length;
  while (index > 0 && isAfter(list[index - 1], message)) index--;
  list.splice(index, 0, message);
}

/** Whether a summary lists something newer of the same conversation. */
export function hasNewer(list: readonly MesiboMessage[], message: MesiboMessage): boolean {
  const same = list.find((entry) => entry.isFromSamePeer?.(message));
  return same !== undefined && same !== message && isAfter(same, message);
}

/** Puts the newest message of its conversation into a summary, which shows one entry per conversation, newest first. */
export function insertNewestFirst(list: MesiboMessage[], message: MesiboMessage): void {
  const same = list.findIndex((entry) => entry.isFromSamePeer?.(message));
  if (same !== -1) list.splice(same, 1);
  const index = list.findIndex((entry) => entry.ts <= message.ts);
  list.splice(index === -1 ? list.length : index, 0, message);
}

export function removeFrom(list: MesiboMessage[], matches: (message: MesiboMessage) => boolean): void {
  for (let index = list.length - 1; index >= 0; index--) {
    const message = list[index];
    if (message !== undefined && matches(message)) list.splice(index, 1);
  }
}

function isAfter(entry: MesiboMessage | undefined, message: MesiboMessage): boolean {
  const a = entry?.[internal]?.local;
  const b = message[internal].local;
  if (a === undefined || b === undefined) return false;
  return a.conversation === b.conversation ? a.order > b.order : a.ts > b.ts;
}
