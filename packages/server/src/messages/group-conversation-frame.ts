import { type ConversationFrame, limits } from '@stoa/protocol';
import type { ConversationForDevice, GroupSpan, GroupStore } from '@stoa/storage';
import { hiddenRanges } from './group-places.ts';

/** The state of a group's conversation for one who may read it; undefined for another kind of conversation. */
export async function groupConversationFrame(
  groups: Pick<GroupStore, 'find' | 'member'>,
  { conv, key, own }: ConversationForDevice,
  place: { readonly from: number; readonly last: number; readonly spans: readonly GroupSpan[] },
): Promise<ConversationFrame | undefined> {
  if (key.kind !== 'group') return undefined;
  const [group, member] = await Promise.all([groups.find(key.gid), groups.member(key.gid, own.uid)]);
  if (group === undefined) return undefined;
  const { from, last, spans } = place;
  const hidden = hiddenRanges(spans, from, limits.hiddenRanges);
  return {
    t: 'conversation',
    conv,
    gid: key.gid,
    name: group.name,
    last: Math.max(from, last),
    from,
    read: own.seen,
    ...(hidden.length === 0 ? {} : { hidden }),
    ...(member === undefined ? { left: true } : {}),
  };
}
