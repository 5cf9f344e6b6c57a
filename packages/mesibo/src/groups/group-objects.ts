import type { Group, GroupMember, GroupPin, GroupSettings, PinSettings } from '@stoa/client';
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
  callFlags?: number;
  callDuration?: number;
  videoResolution?: number;
  expiry?: number;
  /** Of a PIN: false when it is good for one user only, the first who joins with it. */
  sharedPin?: boolean;
}

export interface MesiboGroupPin {
  pin: number;
  permissions: number;
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
  const expiry = expires === undefined ? 0 : Math.max(1, Math.ceil((expires - now) / 1000));
  return { name, flags, callFlags, callDuration, videoResolution, expiry };
}

/** What an application hands over is looked at here, and nothing else of it is sent. */
export function fromMesiboSettings(settings: MesiboGroupSettings): GroupSettings {
  const numbers = ['flags', 'callFlags', 'callDuration', 'videoResolution', 'expiry'] as const;
  const given = numbers.flatMap((name) => {
    const value = Number(settings[name] ?? Number.NaN);
    return Number.isFinite(value) ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(given),
    ...(settings.name === undefined ? {} : { name: String(settings.name) }),
  };
}

export function toMesiboPermissions({
  permissions = 0,
  admin = 0,
  ...group
}: Group): MesiboMemberPermissions {
  const { callFlags = 0, callDuration = 0, videoResolution = 0 } = group;
  return { flags: permissions, adminFlags: admin, callFlags, callDuration, videoResolution, expiry: 0 };
}

export function toMesiboPin({ pin, permissions, shared = true }: GroupPin): MesiboGroupPin {
  return { pin, permissions, sharedPin: shared };
}

/** What `addPin` and `editPin` take. A PIN of which nothing is said is shared, or stays as it is. */
export function fromMesiboPin(
  given: number | MesiboMemberPermissions | null | undefined,
  expiry: number,
  count: number,
): PinSettings {
  const { permissions: flags = 0 } = fromMesiboPermissions(given);
  const said = typeof given === 'object' ? given?.sharedPin : undefined;
  const shared = said ?? ((flags & MESIBO_MEMBERFLAG_SHAREDPIN) !== 0 || undefined);
  // The prefixed flag is about the PIN; what a member may do is the rest.
  const permissions = (flags & ~MESIBO_MEMBERFLAG_SHAREDPIN) >>> 0;
  return { permissions, expiry, uses: count, ...(shared === undefined ? {} : { shared }) };
}

/** `addMembers` takes numbers or an object. */
export function fromMesiboPermissions(
  permissions: number | MesiboMemberPermissions | null | undefined,
  adminFlags = 0,
): { permissions?: number; admin?: number } {
  const flags = typeof permissions === 'object' ? permissions?.flags : permissions;
  const admin = (typeof permissions === 'object' ? permissions?.adminFlags : undefined) ?? adminFlags;
  return { ...(flags === undefined ? {} : { permissions: flags }), ...(admin > 0 ? { admin } : {}) };
}

/** An array, or addresses with commas between them. */
export function addressesOf(addresses: unknown): string[] {
  const list = Array.isArray(addresses) ? addresses : String(addresses ?? '').split(',');
  return list.map((address) => String(address).trim()).filter((address) => address !== '');
}
