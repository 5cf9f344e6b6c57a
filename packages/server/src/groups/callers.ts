import { StoaError } from '@stoa/protocol';
import type { Group, GroupMember } from '@stoa/storage';
import { type GroupAction, may } from './permissions.ts';

/** Who asks something of groups: a user, or the application's back end, which has no uid. */
export interface Caller {
  readonly aid: number;
  readonly uid: number | null;
  /** Null for the back end. */
  readonly address: string | null;
}

/** @throws StoaError NOT_A_MEMBER, NOT_ADMITTED, PERMISSION_DENIED or GROUP_PAUSED */
export function requireMay(
  action: GroupAction,
  group: Pick<Group, 'gid' | 'flags'>,
  member: Pick<GroupMember, 'flags' | 'admin'> | undefined,
  caller: Pick<Caller, 'uid'>,
): void {
  switch (may(action, group, member, caller.uid === null ? 'backend' : 'user')) {
    case 'yes':
      return;
    case 'notMember':
      throw new StoaError('NOT_A_MEMBER', `The user is not a member of group ${group.gid}.`);
    case 'paused':
      throw new StoaError('GROUP_PAUSED');
    case 'waiting':
      throw new StoaError('NOT_ADMITTED', `The user waits to be admitted to group ${group.gid}.`);
    case 'denied':
      throw new StoaError('PERMISSION_DENIED', `The user lacks "${action}" in group ${group.gid}.`);
  }
}

export const backendOf = (aid: number): Caller => ({ aid, uid: null, address: null });
