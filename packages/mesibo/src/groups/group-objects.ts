import type { Group, GroupMember, GroupPin, GroupSettings, MemberRights, PinSettings } from '@stoa/client';
import { MESIBO_MEMBERFLAG_SHAREDPIN } from '../constants/group.ts';
import type { MesiboProfile } from '../profiles/profile.ts';

/** What Mesibo_onGroupSettings says of a group, and setProperties and createGroup take. */
export interface MesiboGroupSettings {
  name?: string;
  /** MESIBO_GROUPFLAG_*. */
  flags?: number;
  callFlags?: number;
  callDuration?: number;
  videoResolution?: number;
  /** Seconds from now after which it ends; 0: it does not. */
  expiry?: number;
}

/** What the user, or who is added, may do in a group. */
export interface MesiboMemberPermissions {
  /** MESIBO_MEMBERFLAG_*. */
  flags?: number;
  /** MESIBO_ADMINFLAG_*. */
  adminFlags?: number;
  /** Of calls, other than for all: MESIBO_GROUPCALLFLAG_*, seconds in the room at a time, MESIBO_RESOLUTION_*. */
  callFlags?: number;
  callDuration?: number;
  videoResolution?: number;
  /** Seconds from now, or from joining with a PIN, for which he is a member; 0: without end. */
  expiry?: number;
  /** Of a PIN: false when it is good for one user only, the first who joins with it. */
  sharedPin?: boolean;
}

export interface MesiboGroupPin {
  pin: number;
  /** What those may do who join with it. */
  permissions: MesiboMemberPermissions;
  sharedPin: boolean;
}

/** A member of a group, as callbacks name him. */
export class MesiboGroupMember {
  readonly address: string;
  readonly profile: MesiboProfile;
  /** MESIBO_MEMBERFLAG_*. */
  readonly permissions: number;
  private readonly role: GroupMember['role'] | undefined;

  constructor(profile: MesiboProfile, member?: GroupMember) {
    this.address = profile.address;
    this.profile = profile;
    this.permissions = member?.permissions ?? 0;
    this.role = member?.role;
  }

  getAddress(): string {
    return this.address;
  }
  getProfile(): MesiboProfile {
    return this.profile;
  }
  isOwner(): boolean {
    return this.role === 'owner';
  }
  /** An owner is one, too. */
  isAdmin(): boolean {
    return this.role === 'owner' || this.role === 'admin';
  }
}

export function toMesiboSettings(group: Group, now: number): MesiboGroupSettings {
  const { name, flags, callFlags = 0, callDuration = 0, videoResolution = 0, expires } = group;
  return { name, flags, callFlags, callDuration, videoResolution, expiry: secondsUntil(expires, now) };
}

/** At least one before a time that has just passed; 0 for never. */
const secondsUntil = (time: number | undefined, now: number): number =>
  time === undefined ? 0 : Math.max(1, Math.round((time - now) / 1000));

/** What an application hands over is looked at here, and nothing else of it is sent. */
export function fromMesiboSettings(settings: MesiboGroupSettings): GroupSettings {
  return {
    ...numbersOf(settings, ['flags', ...callLimits, 'expiry']),
    ...(settings.name === undefined ? {} : { name: String(settings.name) }),
  };
}

/** What the user may: in calls, his own limits where he has some, else those of the group. */
export function toMesiboPermissions(
  { permissions = 0, admin = 0, calls = {}, until, ...group }: Group,
  now: number,
): MesiboMemberPermissions {
  const { callFlags = 0, callDuration = 0, videoResolution = 0 } = { ...group, ...calls };
  const expiry = secondsUntil(until, now);
  return { flags: permissions, adminFlags: admin, callFlags, callDuration, videoResolution, expiry };
}

export function toMesiboPin(given: GroupPin): MesiboGroupPin {
  const { pin, permissions: flags, calls = {}, stay: expiry = 0, shared: sharedPin = true } = given;
  const { callFlags = 0, callDuration = 0, videoResolution = 0 } = calls;
  const permissions = { flags, adminFlags: 0, callFlags, callDuration, videoResolution, expiry, sharedPin };
  return { pin, permissions, sharedPin };
}

/** What `addPin` and `editPin` take. A PIN of which nothing is said is shared, or stays as it is. */
export function fromMesiboPin(
  given: number | MesiboMemberPermissions | null | undefined,
  expiry: number,
  count: number,
): PinSettings {
  const { permissions: flags = 0, calls, stay } = fromMesiboPermissions(given);
  const said = typeof given === 'object' ? given?.sharedPin : undefined;
  const shared = said ?? ((flags & MESIBO_MEMBERFLAG_SHAREDPIN) !== 0 || undefined);
  // The prefixed flag is about the PIN; what a member may do is the rest.
  const permissions = (flags & ~MESIBO_MEMBERFLAG_SHAREDPIN) >>> 0;
  return {
    permissions,
    ...(calls && { calls }),
    ...(stay !== undefined && { stay }),
    expiry,
    uses: count,
    ...(shared === undefined ? {} : { shared }),
  };
}

/** `addMembers` takes numbers or an object. */
export function fromMesiboPermissions(
  permissions: number | MesiboMemberPermissions | null | undefined,
  adminFlags = 0,
): MemberRights {
  const flags = typeof permissions === 'object' ? permissions?.flags : permissions;
  const admin = (typeof permissions === 'object' ? permissions?.adminFlags : undefined) ?? adminFlags;
  return {
    ...(flags === undefined ? {} : { permissions: flags }),
    ...(admin > 0 ? { admin } : {}),
    ...(typeof permissions === 'object' && permissions !== null ? limitsIn(permissions) : {}),
  };
}

/** What nothing is said of stays as it is. */
function limitsIn(permissions: MesiboMemberPermissions): Pick<MemberRights, 'calls' | 'stay'> {
  const calls = numbersOf(permissions, callLimits);
  const { expiry: stay } = numbersOf(permissions, ['expiry']);
  return {
    ...(Object.keys(calls).length > 0 && { calls }),
    ...(stay !== undefined && { stay }),
  };
}

const callLimits = ['callFlags', 'callDuration', 'videoResolution'] as const;

function numbersOf<Name extends string>(
  from: { readonly [Key in Name]?: unknown },
  names: readonly Name[],
): { [Key in Name]?: number } {
  const found: { [Key in Name]?: number } = {};
  for (const name of names) {
    const value = Number(from[name] ?? Number.NaN);
    if (Number.isFinite(value)) found[name] = value;
  }
  return found;
}

/** An array, or addresses with commas between them. */
export function addressesOf(addresses: unknown): string[] {
  const list = Array.isArray(addresses) ? addresses : String(addresses ?? '').split(',');
  return list.map((address) => String(address).trim()).filter((address) => address !== '');
}
