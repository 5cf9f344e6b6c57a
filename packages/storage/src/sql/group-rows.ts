import type { Group, GroupMember, GroupPin, GroupRole, MemberCalls } from '../store.ts';

/** Values of `group_members.role`. */
export const roleNumbers = { member: 0, admin: 1, owner: 2 } as const satisfies Record<GroupRole, number>;

const roles: readonly GroupRole[] = ['member', 'admin', 'owner'];

/** Of tables that the statement calls `g` (chat_groups) and `c` (conversations). */
export const groupColumns = `g.gid, g.aid, g.conv, g.name, g.flags, g.settings, g.created_at as "createdAt",
  g.expires_at as "expiresAt", g.extend_seconds as "extendSeconds", g.deleted, c.epoch`;

/** Of a table that the statement calls `m`. */
export const memberColumns =
  'm.gid, m.uid, m.role, m.flags, m.admin, m.joined_at as "joinedAt", m.calls, m.until';

export interface GroupRow extends Omit<Group, 'settings' | 'deleted'> {
  readonly settings: string;
  readonly deleted: number;
}

export interface MemberRow extends Omit<GroupMember, 'role' | 'calls' | 'until'> {
  readonly role: number;
  readonly calls: string | null;
  readonly until: number | null;
}

export interface PinRow extends Omit<GroupPin, 'calls' | 'stay'> {
  readonly calls: string | null;
  readonly stay: number | null;
}

/** A group and one of its members, whose own flags are called otherwise. */
export interface MembershipRow
  extends GroupRow,
    Pick<MemberRow, 'uid' | 'role' | 'admin' | 'joinedAt' | 'calls' | 'until'> {
  readonly memberFlags: number;
  /** How many spans of his are open: none or one. */
  readonly receiving: number;
}

export function toGroup(row: GroupRow): Group {
  const { gid, aid, conv, name, flags, settings, createdAt, expiresAt, extendSeconds, deleted, epoch } = row;
  return {
    gid,
    aid,
    conv,
    name,
    flags,
    settings: JSON.parse(settings) as Group['settings'],
    createdAt,
    expiresAt,
    extendSeconds,
    deleted: deleted === 1,
    epoch,
  };
}

export function toMember(row: MemberRow): GroupMember {
  const { gid, uid, role, flags, admin, joinedAt, calls, until } = row;
  return {
    gid,
    uid,
    role: roles[role] ?? 'member',
    flags,
    admin,
    joinedAt,
    ...toCalls(calls),
    ...(until === null ? {} : { until }),
  };
}

export function toPin({ calls, stay, ...pin }: PinRow): GroupPin {
  return { ...pin, ...toCalls(calls), ...(stay === null ? {} : { stay }) };
}

const toCalls = (calls: string | null): { calls?: MemberCalls } =>
  calls === null ? {} : { calls: JSON.parse(calls) as MemberCalls };
