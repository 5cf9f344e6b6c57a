import type { ConversationFrame } from '@stoa/protocol';
import type { ConversationForDevice, GroupStore } from '@stoa/storage';

/** The state of a group's conversation for one who may read it; undefined for another kind of conversation. */
export async function groupConversationFrame(
  groups: Pick<GroupStore, 'find' | 'member'>,
  { conv, key, own }: ConversationForDevice,
  { from, last }: { readonly from: number; readonly last: number },
): Promise<ConversationFrame | undefined> {
  if (key.kind !== 'group') return undefined;
  const [group, member] = await Promise.all([groups.find(key.gid), groups.member(key.gid, own.uid)]);
  if (group === undefined) return undefined;
  return {
    t: 'conversation',
    conv,
    gid: key.gid,
    name: group.name,
    last: Math.max(from, last),
    from,
    read: own.seen,
    ...(member === undefined ? { left: true } : {}),
  };
}
