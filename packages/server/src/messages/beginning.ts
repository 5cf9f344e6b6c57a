import type { ConversationForDevice, GroupSpan, GroupStore, MessageLog } from '@stoa/storage';
import { goOnAfter, newestReadable } from './group-places.ts';
import { missedChange } from './missed-changes.ts';
import { beforeNewest } from './newest-messages.ts';

interface Beginning {
  readonly log: MessageLog;
  /** When the device first signed in: of a conversation that began later it gets everything. */
  readonly since: number;
}

/** Where streaming of a conversation to a device begins. */
export async function beginning(
  { log, since }: Beginning,
  { conv, received, own, last, lastAt }: ConversationForDevice,
  recent: number,
): Promise<number> {
  if (received !== null) return received;
  // A new device asks for every conversation of its user: nothing is read whose answer is known.
  if (own.delivered === 0) return 0;
  const from = Math.min(own.delivered, await beforeNewest(log, { conv, last }, recent));
  if (from === 0 || lastAt < since) return from;
  const [first] = await log.read(conv, { after: 0, limit: 1 });
  return first !== undefined && first.ts >= since ? 0 : from;
}

/** The same in a group; undefined when nothing of it is for the user. */
export async function beginningInGroup(
  options: Beginning & { readonly uid: number; readonly groups: Pick<GroupStore, 'missedChanges'> },
  conversation: ConversationForDevice,
  spans: readonly GroupSpan[],
  recent: number,
): Promise<number | undefined> {
  const [first] = spans;
  if (first === undefined) return undefined;
  const last = newestReadable(spans, conversation.last);
  const from = await beginning(options, { ...conversation, last }, recent);
  const { conv, received } = conversation;
  if (received !== null) {
    const missed = await missedChange(options.groups, spans, { conv, uid: options.uid, after: received });
    if (missed !== undefined) return received;
  }
  return goOnAfter(spans, from) ?? Math.max(from, first.after);
}
