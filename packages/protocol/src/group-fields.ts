/** What operations and frames say about groups. */
import Type, { type Static } from 'typebox';
import { Address, Conv, Int, Time, Uint32 } from './fields.ts';
import { limits } from './limits.ts';

export const GroupId = Int(1, 0xffff_ffff);

export const GroupRole = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);
export type GroupRole = Static<typeof GroupRole>;

/** What can be set of a group. */
export const groupSettings = {
  name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  flags: Type.Optional(Uint32),
  status: Type.Optional(Type.String({ maxLength: limits.groupStatusLength })),
  /** Where its picture is. */
  image: Type.Optional(Type.String({ maxLength: limits.groupImageLength })),
  /** Of the calls in the group; carried for the application. */
  callFlags: Type.Optional(Uint32),
  callDuration: Type.Optional(Uint32),
  videoResolution: Type.Optional(Uint32),
  /** Seconds from now after which it ends; 0: it does not. */
  expiry: Type.Optional(Int(0, limits.groupExpirySeconds)),
  /** Seconds that it goes on for at least after each message; 0: activity does not prolong it. */
  extend: Type.Optional(Int(0, limits.groupExpirySeconds)),
};

/** See roomKinds. */
export const RoomKindName = Type.Union([
  Type.Literal('conference'),
  Type.Literal('class'),
  Type.Literal('webinar'),
  Type.Literal('openWebinar'),
]);

/** What counts in calls for one member; together with what the group says, the stricter of both. Replaced as a whole. */
export const MemberCalls = Type.Object({
  callFlags: Type.Optional(Uint32),
  /** Seconds that he may stay in the room at a time. */
  callDuration: Type.Optional(Uint32),
  videoResolution: Type.Optional(Uint32),
});

/** Seconds for which somebody is a member; 0: without end. */
export const Stay = Int(0, limits.groupExpirySeconds);

/** A group as somebody sees it. */
export const GroupInfo = Type.Object({
  gid: GroupId,
  conv: Conv,
  name: Type.String(),
  flags: Uint32,
  status: Type.Optional(Type.String()),
  image: Type.Optional(Type.String()),
  callFlags: Type.Optional(Uint32),
  callDuration: Type.Optional(Uint32),
  videoResolution: Type.Optional(Uint32),
  createdAt: Time,
  /** When it ends; absent when it does not. */
  expires: Type.Optional(Time),
  extend: Type.Optional(Int()),
  /** How many members it has. */
  members: Int(),
  /** What the user is in it; absent when he is no member. */
  role: Type.Optional(GroupRole),
  permissions: Type.Optional(Uint32),
  admin: Type.Optional(Uint32),
  calls: Type.Optional(MemberCalls),
  /** When he is a member no longer; absent when that is not set. */
  until: Type.Optional(Time),
});
export type GroupInfo = Static<typeof GroupInfo>;

export const GroupMemberInfo = Type.Object({
  user: Address,
  name: Type.String(),
  role: GroupRole,
  permissions: Uint32,
  admin: Uint32,
  joinedAt: Time,
  calls: Type.Optional(MemberCalls),
  until: Type.Optional(Time),
});
export type GroupMemberInfo = Static<typeof GroupMemberInfo>;

export const GroupPinInfo = Type.Object({
  pin: Uint32,
  permissions: Uint32,
  calls: Type.Optional(MemberCalls),
  stay: Type.Optional(Stay),
  expires: Type.Optional(Time),
  /** How often it can still be used; absent: any number of times. */
  uses: Type.Optional(Int()),
  /** False when it is good for one user only, the first who joins with it; absent otherwise. */
  shared: Type.Optional(Type.Boolean()),
});
export type GroupPinInfo = Static<typeof GroupPinInfo>;

/** Something about a group has changed. */
export const GroupNotice = Type.Object({
  t: Type.Literal('group'),
  gid: GroupId,
  event: Type.Union([
    Type.Literal('joined'),
    Type.Literal('left'),
    Type.Literal('changed'),
    Type.Literal('members'),
    Type.Literal('requests'),
    Type.Literal('denied'),
  ]),
  group: Type.Optional(GroupInfo),
  reason: Type.Optional(
    Type.Union([
      Type.Literal('left'),
      Type.Literal('removed'),
      Type.Literal('deleted'),
      Type.Literal('denied'),
    ]),
  ),
  by: Type.Optional(Address),
  members: Type.Optional(Type.Array(GroupMemberInfo)),
  removed: Type.Optional(Type.Array(Address)),
  users: Type.Optional(Type.Array(Address)),
  answered: Type.Optional(Type.Array(Address)),
});
export type GroupNoticeFrame = Static<typeof GroupNotice>;
