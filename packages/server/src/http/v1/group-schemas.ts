/** Groups in the REST API. */
import { limits, type GroupInfo as WireGroup } from '@stoa/protocol';
import type { GroupPin } from '@stoa/storage';
import Type, { type Static } from 'typebox';

const Flags = (description: string) => Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description });
const Time = (description: string) =>
  Type.Integer({ minimum: 0, description: `${description}, in milliseconds since 1970.` });

const MemberCalls = Type.Object(
  {
    callFlags: Type.Optional(Flags('Which of sound, cameras and screens he may send.')),
    callDuration: Type.Optional(Flags('Seconds that he may stay in the room at a time.')),
    videoResolution: Type.Optional(Flags('The largest picture that he may send.')),
  },
  { description: 'What counts for the member in calls, beside what the group says.' },
);

export const Group = Type.Object(
  {
    gid: Type.Integer({ minimum: 1, description: 'Number of the group; never used again.' }),
    conv: Type.Integer({ minimum: 1, description: 'Id of its conversation.' }),
    name: Type.String(),
    flags: Flags('Bits: see "Group flags" in the description of the protocol.'),
    status: Type.Optional(Type.String()),
    image: Type.Optional(Type.String({ description: 'Where its picture is.' })),
    callFlags: Type.Optional(Flags('Of calls in the group.')),
    callDuration: Type.Optional(Flags('Of calls in the group.')),
    videoResolution: Type.Optional(Flags('Of calls in the group.')),
    createdAt: Time('When it was made'),
    expires: Type.Optional(Time('When it ends')),
    extend: Type.Optional(Type.Integer({ minimum: 0 })),
    members: Type.Integer({ minimum: 0, description: 'How many members it has.' }),
  },
  {
    $id: 'Group',
    examples: [{ gid: 1000, conv: 7, name: 'Band', flags: 0, createdAt: 1767225600000, members: 3 }],
  },
);

export const GroupMember = Type.Object(
  {
    address: Type.String(),
    name: Type.String(),
    role: Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]),
    permissions: Flags('Bits of what the member may do.'),
    admin: Flags('Bits of his rights over the group.'),
    joinedAt: Time('When he joined'),
    calls: Type.Optional(MemberCalls),
    until: Type.Optional(Time('When he is a member no longer')),
  },
  {
    $id: 'GroupMember',
    examples: [
      { address: 'bob', name: 'Bob', role: 'member', permissions: 31, admin: 0, joinedAt: 1767225600000 },
    ],
  },
);

export const GroupPinResource = Type.Object(
  {
    pin: Type.Integer({ minimum: 0, description: 'A secret: whoever knows it can join.' }),
    permissions: Flags('What whoever joins with it may do.'),
    calls: Type.Optional(MemberCalls),
    stay: Type.Optional(Type.Integer({ minimum: 0, description: 'Seconds for which he is a member then.' })),
    expiresAt: Type.Union([Time('When it expires'), Type.Null()]),
    usesLeft: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: 'How often it can still be used; null for any number of times.',
    }),
    shared: Type.Boolean({ description: 'False when it is good for the first user only who joins with it.' }),
    link: Type.String({ description: 'Whoever opens it in the messenger joins with the PIN.' }),
  },
  {
    $id: 'GroupPin',
    examples: [
      {
        pin: 481516234,
        permissions: 31,
        expiresAt: null,
        usesLeft: 10,
        shared: true,
        link: 'https://chat.example.com/messenger/#/join/1000-481516234',
      },
    ],
  },
);

export const GroupRequestResource = Type.Object(
  { address: Type.String(), name: Type.String(), askedAt: Time('When the user asked') },
  { $id: 'GroupRequest', examples: [{ address: 'carol', name: 'Carol', askedAt: 1767225600000 }] },
);

export const groupResources = [Group, GroupMember, GroupPinResource, GroupRequestResource] as const;

const Text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ maxLength, description }));
const Seconds = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: limits.groupExpirySeconds, description }));

/** What can be set of a group. */
export const groupSettings = {
  name: Text(limits.nameLength, 'Name that is shown to people.'),
  flags: Type.Optional(Flags('Bits; 0 when absent: members send, members receive.')),
  status: Text(limits.groupStatusLength, 'An empty text removes it.'),
  image: Text(limits.groupImageLength, 'Where its picture is.'),
  callFlags: Type.Optional(Flags('Of calls in the group.')),
  callDuration: Type.Optional(Flags('Of calls in the group.')),
  videoResolution: Type.Optional(Flags('Of calls in the group.')),
  expiry: Seconds('Seconds after which it ends; 0 for never.'),
  extend: Seconds('Seconds that it goes on for at least after each message; 0 for none.'),
};

export const memberChange = {
  permissions: Type.Optional(Flags('Bits of what they may do; what the group allows everybody when absent.')),
  grant: Type.Optional(Flags('Bits that are added to the permissions.')),
  revoke: Type.Optional(Flags('Bits that are taken from the permissions.')),
  admin: Type.Optional(Flags('Bits of their rights over the group; none when absent.')),
  calls: Type.Optional(MemberCalls),
  stay: Seconds('Seconds for which they are members; 0 for without end.'),
};

export function groupResource({
  role: _,
  permissions: __,
  admin: ___,
  calls: ____,
  until: _____,
  ...info
}: WireGroup): Static<typeof Group> {
  return info;
}

export function pinResource(
  { pin, flags, calls, stay, expiresAt, usesLeft, holder }: GroupPin,
  link: string,
): Static<typeof GroupPinResource> {
  const limits = { ...(calls && { calls }), ...(stay !== undefined && { stay }) };
  return { pin, permissions: flags, ...limits, expiresAt, usesLeft, shared: holder === null, link };
}
