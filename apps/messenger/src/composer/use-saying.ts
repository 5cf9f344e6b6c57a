import { type ConversationId, targetOf } from '@stoa/client';
import { adminFlags, type Content } from '@stoa/protocol';
import { useGroup } from '../groups/use-group.ts';
import { mentionsIn } from '../timeline/mentions.ts';

/** Makes of a text what is sent: in a group it may call upon members, and, by who may, upon all of them. */
export function useSaying(id: ConversationId): (text: string) => Content {
  const target = targetOf(id);
  const gid = 'gid' in target ? target.gid : undefined;
  const { group } = useGroup(gid, false);
  const mayCallAll = ((group?.admin ?? 0) & (adminFlags.modify | adminFlags.owner)) !== 0;
  return (text) => {
    const mentions = gid === undefined ? [] : mentionsIn(text, mayCallAll);
    return { text, ...(mentions.length > 0 && { mentions }) };
  };
}
