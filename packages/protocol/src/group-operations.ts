/** What a client can ask about groups, see operations.ts. */
import Type from 'typebox';
import { Address, Int, Time, Uint32 } from './fields.ts';
import {
  GroupId,
  GroupInfo,
  GroupMemberInfo,
  GroupPinInfo,
  groupSettings,
  MemberCalls,
  RoomKindName,
  Stay,
} from './group-fields.ts';
import { limits } from './limits.ts';

const Nothing = Type.Object({});
const Group = Type.Object({ gid: GroupId });
const Cursor = Type.Optional(Type.String({ maxLength: 200 }));
const Users = Type.Array(Address, { minItems: 1, maxItems: limits.groupUsersPerRequest });

/** Limits of single members; an empty `calls` ends them. */
const memberLimits = { calls: Type.Optional(MemberCalls), stay: Type.Optional(Stay) };

const PinSettings = {
  permissions: Type.Optional(Uint32),
  /** Of whoever joins with it. */
  ...memberLimits,
  /** Seconds from now for which it can be used; 0: for ever. */
  expiry: Type.Optional(Int(0, limits.groupExpirySeconds)),
  /** How often it can be used; 0: any number of times. */
  uses: Type.Optional(Int(0, 0xffff_ffff)),
  /** False: good for one user only, the first who joins with it. */
  shared: Type.Optional(Type.Boolean()),
};

/** Added to, and taken from, the permissions that somebody has, or is given. */
const permissionBits = { grant: Type.Optional(Uint32), revoke: Type.Optional(Uint32) };

export const groupOperations = {
  /** Makes a group, whose owner the user is. Users of `members` who do not exist are left out. */
  'groups.create': {
    request: Type.Object({
      ...groupSettings,
      name: Type.String({ maxLength: limits.nameLength }),
      /** Its flags are added to those that are named. */
      kind: Type.Optional(RoomKindName),
      members: Type.Optional(Type.Array(Address, { maxItems: limits.groupUsersPerRequest })),
      /** Of these members. */
      permissions: Type.Optional(Uint32),
    }),
    response: Type.Object({ group: GroupInfo }),
  },
  'groups.get': { request: Group, response: Type.Object({ group: GroupInfo }) },
  /** Changes what is named and leaves the rest. */
  'groups.update': {
    request: Type.Object({ gid: GroupId, ...groupSettings }),
    response: Type.Object({ group: GroupInfo }),
  },
  'groups.delete': { request: Group, response: Nothing },
  /** Makes the user a member, or asks for it where that is how one joins. */
  'groups.join': {
    request: Type.Object({ gid: GroupId, pin: Type.Optional(Uint32) }),
    response: Type.Object({ joined: Type.Boolean(), group: Type.Optional(GroupInfo) }),
  },
  'groups.leave': { request: Group, response: Nothing },
  /** The user's groups. */
  'groups.list': {
    request: Type.Object({ cursor: Cursor }),
    response: Type.Object({ groups: Type.Array(GroupInfo), cursor: Type.Optional(Type.String()) }),
  },
  'groups.members.list': {
    request: Type.Object({ gid: GroupId, limit: Int(1, limits.groupMemberPage), cursor: Cursor }),
    response: Type.Object({ members: Type.Array(GroupMemberInfo), cursor: Type.Optional(Type.String()) }),
  },
  /** Adds members; those who are members already get these permissions and rights where they are named. */
  'groups.members.add': {
    request: Type.Object({
      gid: GroupId,
      users: Users,
      permissions: Type.Optional(Uint32),
      ...permissionBits,
      admin: Type.Optional(Uint32),
      ...memberLimits,
    }),
    response: Type.Object({
      members: Type.Array(GroupMemberInfo),
      /** Users who do not exist. */
      unknown: Type.Array(Address),
    }),
  },
  'groups.members.remove': {
    request: Type.Object({ gid: GroupId, users: Users }),
    response: Nothing,
  },
  /** Changes what is named of users who are members. */
  'groups.members.update': {
    request: Type.Object({
      gid: GroupId,
      users: Users,
      permissions: Type.Optional(Uint32),
      ...permissionBits,
      admin: Type.Optional(Uint32),
      ...memberLimits,
    }),
    response: Type.Object({ members: Type.Array(GroupMemberInfo) }),
  },
  'groups.pins.list': { request: Group, response: Type.Object({ pins: Type.Array(GroupPinInfo) }) },
  'groups.pins.add': {
    request: Type.Object({ gid: GroupId, ...PinSettings }),
    response: Type.Object({ pin: GroupPinInfo }),
  },
  'groups.pins.update': {
    request: Type.Object({ gid: GroupId, pin: Uint32, ...PinSettings }),
    response: Type.Object({ pin: GroupPinInfo }),
  },
  'groups.pins.remove': { request: Type.Object({ gid: GroupId, pin: Uint32 }), response: Nothing },
  /** Who waits to be let in, the first one first. */
  'groups.requests.list': {
    request: Type.Object({ gid: GroupId, cursor: Cursor }),
    response: Type.Object({
      requests: Type.Array(Type.Object({ user: Address, name: Type.String(), askedAt: Time })),
      cursor: Type.Optional(Type.String()),
    }),
  },
  /** Lets users in who asked, or sends them away. */
  'groups.requests.answer': {
    request: Type.Object({
      gid: GroupId,
      users: Users,
      accept: Type.Boolean(),
      permissions: Type.Optional(Uint32),
    }),
    response: Nothing,
  },
} as const;
