import { type ConversationId, targetOf } from '@stoa/client';
import { adminFlags } from '@stoa/protocol';
import { useMemo } from 'react';
import { useGroup } from '../groups/use-group.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { Mentionable } from './mention-choices.ts';

/** Whom a text in this conversation may name: members of a group, and by who may, all of them. */
export interface MentionablePeople {
  readonly isGroup: boolean;
  readonly mayCallAll: boolean;
  /** By name, without the user himself; empty until the text has an `@`, and where he may not see who is there. */
  readonly people: readonly Mentionable[];
}

export function useMentionable(id: ConversationId, text: string): MentionablePeople {
  const { session } = useWorkspace();
  const target = targetOf(id);
  const gid = 'gid' in target ? target.gid : undefined;
  const { group, members } = useGroup(gid, /(^|\s)@/u.test(text));
  const mayCallAll = ((group?.admin ?? 0) & (adminFlags.modify | adminFlags.owner)) !== 0;
  const people = useMemo(() => {
    const others = members
      .filter(({ user }) => user !== session.address)
      .map(({ user, name = '' }) => ({ user, name: name || user }))
      .sort((a, b) => a.name.localeCompare(b.name));
    return mayCallAll && others.length > 0 ? [{ user: 'all', name: 'Everybody' }, ...others] : others;
  }, [members, mayCallAll, session.address]);
  return { isGroup: gid !== undefined, mayCallAll, people };
}
