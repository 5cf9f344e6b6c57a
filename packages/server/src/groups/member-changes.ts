import {
  adminFlags,
  allAdminRights,
  allPermissions,
  groupFlags,
  memberFlags,
  StoaError,
} from '@stoa/protocol';
import type { Group, GroupMember, MemberToPut } from '@stoa/storage';
import { type Caller, requireMay } from './callers.ts';
import { changesLimits, type LimitsChange, limitsAfter } from './member-limits.ts';
import { has, isInTurn, may, roleOf, usualPermissions } from './permissions.ts';

/** What is named of a member; what is absent stays, or is as usual for a new one. */
export interface MemberChange extends LimitsChange {
  readonly permissions?: number;
  /** Bits that are added to the permissions, and taken from them. */
  readonly grant?: number;
  readonly revoke?: number;
  readonly admin?: number;
}

/** Who changes members of which group. */
export interface Changing {
  readonly caller: Caller;
  readonly group: Group;
  /** The caller's own membership. */
  readonly own: GroupMember | undefined;
}

/** Somebody who was no member, as he is to be. */
export function newMember(group: Group, uid: number, change: MemberChange, now: number): MemberToPut {
  const { admin = 0 } = change;
  const rights = has(admin, adminFlags.owner) ? allAdminRights : admin;
  const flags = permissionsAfter(change, rights === 0 ? usualPermissions(group) : allPermissions);
  return toPut(group, { uid, flags, admin: rights, ...limitsAfter({}, change, now) });
}

export const isChanged = (member: GroupMember, change: MemberChange): boolean =>
  permissionsAfter(change, member.flags) !== member.flags ||
  (change.admin !== undefined && change.admin !== member.admin) ||
  changesLimits(member, change);

const permissionsAfter = ({ permissions, grant = 0, revoke = 0 }: MemberChange, before: number): number =>
  (((permissions ?? before) | grant) & ~revoke) >>> 0;

/** Somebody who is let in, where one has to be. */
export function admittedMember(
  group: Group,
  member: Pick<GroupMember, 'uid' | 'flags' | 'admin' | 'calls' | 'until'>,
): MemberToPut {
  const isDoor = has(group.flags, groupFlags.waitingRoom);
  return toPut(group, isDoor ? { ...member, flags: member.flags | memberFlags.admitted } : member);
}

/** @throws StoaError when the caller may not add somebody with such rights */
export function requireMayAdd({ caller, group, own }: Changing, { admin = 0 }: MemberChange): void {
  requireMay('addUser', group, own, caller);
  if (admin !== 0) requireMayGive({ caller, group, own }, admin);
}

/** @throws StoaError when the caller may not change the member so */
export function changedMember(
  { caller, group, own }: Changing,
  member: GroupMember,
  change: MemberChange,
  now: number,
): MemberToPut {
  const { admin = member.admin } = change;
  const permissions = permissionsAfter(change, member.flags);
  const isOwn = member.uid === caller.uid;
  const taken = member.admin & ~admin;
  const given = admin & ~member.admin;
  // Anybody may give up what he has.
  if (taken !== 0 && !isOwn) {
    requireMay(member.role === 'owner' ? 'removeOwner' : 'removeAdmin', group, own, caller);
  }
  if (given !== 0) requireMayGive({ caller, group, own }, given);
  if (permissions !== member.flags || changesLimits(member, change)) requireMay('modify', group, own, caller);
  // With a time he is removed, only later.
  if (change.stay !== undefined && change.stay !== 0) requireMayRemove({ caller, group, own }, member);
  return toPut(group, { uid: member.uid, flags: permissions, admin, ...limitsAfter(member, change, now) });
}

/** @throws StoaError when the caller may not remove the member; to remove oneself is to leave */
export function requireMayRemove({ caller, group, own }: Changing, member: GroupMember): void {
  if (member.uid === caller.uid) requireMay('leave', group, own, caller);
  else {
    const action = { owner: 'removeOwner', admin: 'removeAdmin', member: 'removeUser' } as const;
    requireMay(action[member.role], group, own, caller);
  }
}

/** Nobody gives what he has not himself. */
function requireMayGive({ caller, group, own }: Changing, admin: number): void {
  requireMay('addAdmin', group, own, caller);
  if (caller.uid === null || own === undefined || has(own.admin, adminFlags.owner)) return;
  if ((admin & ~own.admin) !== 0) {
    throw new StoaError('PERMISSION_DENIED', 'The user cannot give rights that he has not himself.');
  }
}

function toPut(
  group: Group,
  named: Pick<GroupMember, 'uid' | 'flags' | 'admin' | 'calls' | 'until'>,
): MemberToPut {
  // Who has rights over a group has no need to wait in front of its room.
  const isLetIn = named.admin !== 0 && has(group.flags, groupFlags.waitingRoom);
  const { uid, admin, calls, until } = named;
  const member = {
    uid,
    admin,
    flags: isLetIn ? named.flags | memberFlags.admitted : named.flags,
    ...(calls === undefined ? {} : { calls }),
    ...(until === undefined ? {} : { until }),
  };
  const receives = may('receive', group, member) === 'yes' && !isInTurn(group);
  return { ...member, role: roleOf(admin), receives };
}
