/** How groups and what belongs to them look on the wire. */
import type { GroupInfo, GroupMemberInfo, GroupPinInfo } from '@stoa/protocol';
import type { Group, GroupMember, GroupPin } from '@stoa/storage';

/** `member`: as the one who gets to see it; undefined for who is none, and where it is the same for everybody. */
export function groupInfo(group: Group, members: number, member?: GroupMember): GroupInfo {
  const { gid, conv, name, flags, settings, createdAt, expiresAt, extendSeconds } = group;
  return {
    gid,
    conv,
    name,
    flags,
    ...textOf(settings, 'status'),
    ...textOf(settings, 'image'),
    ...numberOf(settings, 'callFlags'),
    ...numberOf(settings, 'callDuration'),
    ...numberOf(settings, 'videoResolution'),
    createdAt,
    ...(expiresAt === null ? {} : { expires: expiresAt }),
    ...(extendSeconds === 0 ? {} : { extend: extendSeconds }),
    members,
    ...(member === undefined
      ? {}
      : { role: member.role, permissions: member.flags, admin: member.admin, ...limitsOf(member) }),
  };
}

export function memberInfo(
  { role, flags, admin, joinedAt, ...limits }: Omit<GroupMember, 'gid' | 'uid'>,
  person: { readonly address: string; readonly name: string },
): GroupMemberInfo {
  const { address: user, name } = person;
  return { user, name, role, permissions: flags, admin, joinedAt, ...limitsOf(limits) };
}

export function pinInfo({ pin, flags, calls, stay, expiresAt, usesLeft, holder }: GroupPin): GroupPinInfo {
  return {
    pin,
    permissions: flags,
    ...(calls === undefined ? {} : { calls }),
    ...(stay === undefined ? {} : { stay }),
    ...(expiresAt === null ? {} : { expires: expiresAt }),
    ...(usesLeft === null ? {} : { uses: usesLeft }),
    ...(holder === null ? {} : { shared: false }),
  };
}

function limitsOf({ calls, until }: Pick<GroupMember, 'calls' | 'until'>) {
  return { ...(calls === undefined ? {} : { calls }), ...(until === undefined ? {} : { until }) };
}

function textOf(settings: Group['settings'], name: 'status' | 'image') {
  const value = settings[name];
  return typeof value === 'string' ? { [name]: value } : {};
}

function numberOf(settings: Group['settings'], name: 'callFlags' | 'callDuration' | 'videoResolution') {
  const value = settings[name];
  return typeof value === 'number' ? { [name]: value } : {};
}
