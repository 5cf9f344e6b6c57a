import { limits, StoaError } from '@stoa/protocol';
import Type, { type Static } from 'typebox';
import { backendOf, pinInfo } from '../../groups/index.ts';
import { appCaller } from './callers.ts';
import {
  addressesOf,
  GroupMembers,
  groupMembersSpellings,
  limitsOf,
  MemberLimits,
} from './group-parameters.ts';
import { operation } from './operation.ts';
import { either } from './parameters.ts';

const Uint32 = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const Gid = Type.Integer({ minimum: 1, maximum: 0xffff_ffff });
const gid = either('group', 'gid', 'groupid');
const pin = either('group', 'pin');

const PinSettings = Type.Object({
  permissions: Type.Optional(Uint32),
  ...MemberLimits.properties,
  /** Seconds from now; 0 for ever. */
  expiry: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.groupExpirySeconds })),
  /** How often it can be used; 0 for any number of times. */
  uses: Type.Optional(Uint32),
  /** False: good for one user only, the first who joins with it. */
  shared: Type.Optional(Type.Boolean()),
});
const pinSettingsSpellings = {
  permissions: either('group', 'permissions'),
  memberCallFlags: either('group', 'callFlags'),
  memberCallDuration: either('group', 'callDuration'),
  memberVideoResolution: either('group', 'videoResolution'),
  stay: either('group', 'stay'),
  expiry: either('group', 'expiry'),
  uses: either('group', 'count', 'uses'),
  shared: either('group', 'shared'),
};

function pinOf(parameters: Static<typeof PinSettings>) {
  const { permissions, expiry, uses, shared } = parameters;
  return {
    ...(permissions === undefined ? {} : { permissions }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(uses === undefined ? {} : { uses }),
    ...(shared === undefined ? {} : { shared }),
    ...limitsOf(parameters),
  };
}

const groupaddpin = operation({
  names: ['groupaddpin'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid, ...PinSettings.properties }),
  spellings: { gid, ...pinSettingsSpellings },
  run: async ({ gid, ...settings }, { aid }, { services }) => ({
    pin: pinInfo(await services.groups.joining.addPin(backendOf(aid), gid, pinOf(settings))),
  }),
});

const groupeditpin = operation({
  names: ['groupeditpin'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid, pin: Uint32, ...PinSettings.properties }),
  spellings: { gid, pin, ...pinSettingsSpellings },
  run: async ({ gid, pin, ...settings }, { aid }, { services }) => ({
    pin: pinInfo(await services.groups.joining.updatePin(backendOf(aid), gid, pin, pinOf(settings))),
  }),
});

const groupremovepin = operation({
  names: ['groupremovepin'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid, pin: Uint32 }),
  spellings: { gid, pin },
  run: async ({ gid, pin }, { aid }, { services }) => {
    await services.groups.joining.removePin(backendOf(aid), gid, pin);
    return { group: { gid } };
  },
});

const groupgetpins = operation({
  names: ['groupgetpins'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid }),
  spellings: { gid },
  run: async ({ gid }, { aid }, { services }) => ({
    pins: (await services.groups.joining.pins(backendOf(aid), gid)).map(pinInfo),
  }),
});

/** Who asks to join, the first one first; at the most `groupRequests`. */
const groupgetrequests = operation({
  names: ['groupgetrequests'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid }),
  spellings: { gid },
  run: async ({ gid }, { aid }, { services }) => {
    const { joining } = services.groups;
    const found = await joining.requests(backendOf(aid), gid, undefined, limits.groupRequests);
    const requests = found.flatMap(({ askedAt, person }) =>
      person === undefined ? [] : [{ address: person.address, name: person.name, askedAt }],
    );
    return { requests, count: requests.length };
  },
});

/** Lets in those of `m` who have asked, or with `accept: false` sends them away. */
const groupanswerrequests = operation({
  names: ['groupanswerrequests'],
  by: appCaller,
  parameters: Type.Object({
    gid: Gid,
    accept: Type.Optional(Type.Boolean()),
    permissions: Type.Optional(Uint32),
    members: GroupMembers.properties.members,
  }),
  spellings: {
    gid,
    accept: either('group', 'accept'),
    permissions: either('group', 'permissions'),
    members: groupMembersSpellings.members,
  },
  run: async ({ gid, accept = true, permissions, members }, { aid }, { services }) => {
    const users = addressesOf(members === undefined ? {} : { members });
    if (users.length === 0) throw new StoaError('BAD_REQUEST', '"m" must name at least one user.');
    const answer = { users, accept, ...(permissions === undefined ? {} : { permissions }) };
    await services.groups.joining.answer(backendOf(aid), gid, answer);
    return { group: { gid } };
  },
});

export const groupJoiningOperations = [
  groupaddpin,
  groupeditpin,
  groupremovepin,
  groupgetpins,
  groupgetrequests,
  groupanswerrequests,
];
