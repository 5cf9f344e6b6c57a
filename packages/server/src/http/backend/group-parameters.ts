import { adminFlags, groupFlags, limits, memberFlags } from '@stoa/protocol';
import Type, { type Static } from 'typebox';
import { either, type Spellings } from './parameters.ts';

const Flags = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const Bool = Type.Optional(Type.Boolean());
const Seconds = Type.Optional(Type.Integer({ minimum: 0, maximum: limits.groupExpirySeconds }));

/** Settings of a group, in both forms of the API. */
export const GroupSettings = Type.Object({
  name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  flags: Type.Optional(Flags),
  active: Bool,
  expiry: Seconds,
  extend: Seconds,
  /** Of the calls in the group; in the topmost eight bits, their resolution. */
  callFlags: Type.Optional(Flags),
  callDuration: Type.Optional(Flags),
  videoResolution: Type.Optional(Flags),
  image: Type.Optional(Type.String({ maxLength: limits.groupImageLength })),
  status: Type.Optional(Type.String({ maxLength: limits.groupStatusLength })),
});

export const groupSettingsSpellings: Spellings<typeof GroupSettings> = {
  name: either('group', 'name'),
  flags: either('group', 'flags', 'flag'),
  active: either('group', 'active'),
  expiry: either('group', 'expiry'),
  extend: either('group', 'expiryext'),
  callFlags: either('group', 'sflags', 'callFlags'),
  callDuration: either('group', 'callDuration'),
  videoResolution: either('group', 'videoResolution'),
  image: ['group.profile.image', 'group.image'],
  status: ['group.profile.status', 'group.status'],
};

/** The settings among the parameters of an operation. `active`: false pauses the group. */
export function settingsOf(parameters: Static<typeof GroupSettings>, before = 0) {
  const given: Static<typeof GroupSettings> = Object.fromEntries(
    Object.entries(parameters).filter(([name]) => Object.hasOwn(GroupSettings.properties, name)),
  );
  const { active, flags, ...rest } = { ...given, ...callSettings(given) };
  const named = flags ?? before;
  const paused =
    active === undefined ? named : active ? named & ~groupFlags.paused : named | groupFlags.paused;
  return flags === undefined && active === undefined ? rest : { ...rest, flags: paused >>> 0 };
}

function callSettings({ callFlags }: Static<typeof GroupSettings>): Partial<Static<typeof GroupSettings>> {
  const resolution = (callFlags ?? 0) >>> resolutionShift;
  if (callFlags === undefined || resolution === 0) return {};
  return { callFlags: callFlags % 2 ** resolutionShift, videoResolution: resolution };
}

const resolutionShift = 24;

/** What counts in calls for members, or whoever joins with a PIN, and the seconds for which they are members. */
export const MemberLimits = Type.Object({
  memberCallFlags: Type.Optional(Flags),
  memberCallDuration: Type.Optional(Flags),
  memberVideoResolution: Type.Optional(Flags),
  stay: Seconds,
});

/** The limits that are named; those of calls as a whole. */
export function limitsOf(parameters: Static<typeof MemberLimits>) {
  const { memberCallFlags, memberCallDuration, memberVideoResolution, stay } = parameters;
  const calls = {
    ...(memberCallFlags === undefined ? {} : { callFlags: memberCallFlags }),
    ...(memberCallDuration === undefined ? {} : { callDuration: memberCallDuration }),
    ...(memberVideoResolution === undefined ? {} : { videoResolution: memberVideoResolution }),
  };
  return {
    ...(Object.keys(calls).length === 0 ? {} : { calls }),
    ...(stay === undefined ? {} : { stay }),
  };
}

/** Members, separated by commas, and what they may do. */
export const GroupMembers = Type.Object({
  members: Type.Optional(
    Type.String({ maxLength: limits.groupUsersPerRequest * (limits.addressLength + 1) }),
  ),
  send: Bool,
  receive: Bool,
  publish: Bool,
  subscribe: Bool,
  list: Bool,
  owner: Bool,
  modify: Bool,
  addUser: Bool,
  removeUser: Bool,
  addAdmin: Bool,
  removeAdmin: Bool,
  removeOwner: Bool,
  removeGroup: Bool,
  callControl: Bool,
  hangup: Bool,
  addPin: Bool,
  removePin: Bool,
  listPin: Bool,
  ...MemberLimits.properties,
});
type GroupMembers = Static<typeof GroupMembers>;

const permission = (flat: string, ...names: string[]): string[] => [
  ...names.map((name) => `group.members.permissions.${name}`),
  flat,
];
const right = (...names: string[]): string[] => names.map((name) => `group.members.admin.${name}`);

/** Without a flat form, which is that of the group. */
const ofMember = (name: string): string[] => [`group.members.permissions.${name}`];

export const groupMembersSpellings: Spellings<typeof GroupMembers> = {
  members: ['group.members.m', 'group.m', 'm'],
  send: permission('cs', 'send'),
  receive: permission('cr', 'recv', 'receive'),
  publish: permission('canpub', 'pub', 'publish'),
  subscribe: permission('cansub', 'sub', 'subscribe'),
  list: permission('canlist', 'list'),
  owner: right('owner'),
  modify: right('modify'),
  addUser: right('adduser'),
  removeUser: right('remuser', 'removeuser'),
  addAdmin: right('addadmin'),
  removeAdmin: right('remadmin', 'removeadmin'),
  removeOwner: right('remowner', 'removeowner'),
  removeGroup: right('remgroup', 'removegroup'),
  callControl: right('callcontrol'),
  hangup: right('hangup'),
  addPin: right('addpin'),
  removePin: right('removepin', 'rempin'),
  listPin: right('listpin'),
  memberCallFlags: ofMember('callFlags'),
  memberCallDuration: ofMember('callDuration'),
  memberVideoResolution: ofMember('videoResolution'),
  stay: ofMember('expiry'),
};

const permissionNames = ['send', 'receive', 'publish', 'subscribe', 'list'] as const;
const rightNames = Object.keys(adminFlags) as (keyof typeof adminFlags)[];

export const addressesOf = ({ members = '' }: GroupMembers): string[] =>
  [...new Set(members.split(',').map((address) => address.trim()))].filter(Boolean);

/** Permissions and rights that are named; those that are not are as `usual`, or not given. */
export function changeOf(parameters: GroupMembers, usual: number) {
  let [permissions, isNamed] = [usual, false];
  for (const name of permissionNames) {
    const given = parameters[name];
    if (given === undefined) continue;
    isNamed = true;
    permissions = given ? permissions | memberFlags[name] : permissions & ~memberFlags[name];
  }
  const rights = rightNames.filter((name) => parameters[name] !== undefined);
  const admin = rights.reduce((bits, name) => (parameters[name] ? bits | adminFlags[name] : bits), 0);
  return {
    ...(isNamed ? { permissions } : {}),
    ...(rights.length > 0 ? { admin } : {}),
    ...limitsOf(parameters),
  };
}
