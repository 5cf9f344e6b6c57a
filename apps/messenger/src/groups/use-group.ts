import type { Group, GroupMember } from '@stoa/client';
import { useCallback, useEffect, useState } from 'react';
import { useStatus } from '../hooks/use-status.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';

export interface GroupState {
  readonly group: Group | undefined;
  readonly members: readonly GroupMember[];
  load(): Promise<void>;
}

/** A group as the server knows it, read again whenever something about it changes; nothing for undefined. */
export function useGroup(gid: number | undefined, withMembers: boolean): GroupState {
  const { client } = useWorkspace();
  const isOnline = useStatus().state === 'online';
  const [group, setGroup] = useState<Group>();
  const [members, setMembers] = useState<readonly GroupMember[]>([]);

  const load = useCallback(async (): Promise<void> => {
    if (gid === undefined) return;
    const known = await client.groups.get(gid);
    setGroup(known);
    if (!withMembers || known.role === undefined) return;
    const all: GroupMember[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.groups.members(gid, {
        limit: 200,
        ...(cursor === undefined ? {} : { cursor }),
      });
      all.push(...page.members);
      cursor = page.cursor;
    } while (cursor !== undefined && all.length < membersShown);
    setMembers(all);
  }, [client, gid, withMembers]);

  useEffect(() => {
    if (gid === undefined || !isOnline) return;
    // What cannot be read now is read when there is a connection, or something changes.
    const again = (): void => void load().catch(() => {});
    again();
    return client.on('group', (change) => {
      if (change.gid === gid) again();
    });
  }, [client, gid, isOnline, load]);

  return { group, members, load };
}

/** Nobody reads more of them in a dialog. */
const membersShown = 1000;
