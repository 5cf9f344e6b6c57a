import { StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { backendOf, groupInfo, memberInfo, usualPermissions } from '../../groups/index.ts';
import { appCaller } from './callers.ts';
import {
  addressesOf,
  changeOf,
  GroupMembers,
  GroupSettings,
  groupMembersSpellings,
  groupSettingsSpellings,
  settingsOf,
} from './group-parameters.ts';
import { operation } from './operation.ts';
import { either } from './parameters.ts';

const Gid = Type.Integer({ minimum: 1, maximum: 0xffff_ffff });
const gid = either('group', 'gid', 'groupid');

/** Makes a group; `owner` is an address, the members are separated by commas. */
const groupadd = operation({
  names: ['groupadd'],
  by: appCaller,
  parameters: Type.Object({
    ...GroupSettings.properties,
    ...GroupMembers.properties,
    ownerAddress: Type.Optional(Address),
  }),
  spellings: { ...groupSettingsSpellings, ...groupMembersSpellings, ownerAddress: ['group.owner', 'owner'] },
  run: async (parameters, { aid }, { services }) => {
    const caller = backendOf(aid);
    const { groups } = services.groups;
    const settings = settingsOf(parameters);
    const owner =
      parameters.ownerAddress === undefined
        ? undefined
        : await services.users.byAddress(aid, parameters.ownerAddress);
    const made = await groups.create(caller, { ...settings, name: parameters.name ?? '' }, owner);
    const users = addressesOf(parameters);
    if (users.length > 0) {
      await groups.addMembers(
        caller,
        made.group.gid,
        users,
        changeOf(parameters, usualPermissions(made.group)),
      );
    }
    const { group, members } = await groups.get(caller, made.group.gid);
    return { group: groupInfo(group, members) };
  },
});

const groupset = operation({
  names: ['groupset'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid, ...GroupSettings.properties }),
  spellings: { gid, ...groupSettingsSpellings },
  run: async ({ gid, ...change }, { aid }, { services }) => {
    const caller = backendOf(aid);
    const { groups } = services.groups;
    const before = await groups.get(caller, gid);
    const { group, members } = await groups.update(caller, gid, settingsOf(change, before.group.flags));
    return { group: groupInfo(group, members) };
  },
});

const groupdel = operation({
  names: ['groupdel'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid }),
  spellings: { gid },
  run: async ({ gid }, { aid }, { services }) => {
    await services.groups.groups.delete(backendOf(aid), gid);
    return { group: { gid } };
  },
});

/** Adds, changes or (with `delete`) removes members. */
const groupeditmembers = operation({
  names: ['groupeditmembers'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid, remove: Type.Optional(Type.Boolean()), ...GroupMembers.properties }),
  spellings: {
    gid,
    remove: ['group.members.remove', 'group.members.delete', 'group.delete', 'delete', 'remove'],
    ...groupMembersSpellings,
  },
  run: async ({ gid, remove, ...parameters }, { aid }, { services }) => {
    const caller = backendOf(aid);
    const { groups } = services.groups;
    const users = addressesOf(parameters);
    if (users.length === 0) throw new StoaError('BAD_REQUEST', '"m" must name at least one member.');
    if (remove === true) {
      await groups.removeMembers(caller, gid, users);
      return { group: { gid } };
    }
    const { group } = await groups.get(caller, gid);
    const change = changeOf(parameters, usualPermissions(group));
    const { unknown } = await groups.addMembers(caller, gid, users, change);
    return { group: { gid }, ...(unknown.length === 0 ? {} : { unknown }) };
  },
});

/** Members in the order of their uids, from after the uid `after`, at the most 100. */
const groupgetmembers = operation({
  names: ['groupgetmembers', 'getmembers'],
  by: appCaller,
  parameters: Type.Object({
    gid: Gid,
    count: Type.Optional(Type.Integer({ minimum: 1 })),
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
  }),
  spellings: { gid, count: either('group', 'count'), after: either('group', 'after') },
  run: async ({ gid, count = 20, after = 0 }, { aid }, { services }) => {
    const found = await services.groups.groups.members(backendOf(aid), gid, after, Math.min(count, 100));
    const members = found.map(({ member, person }) => ({
      uid: member.uid,
      address: person.address,
      ...memberInfo(member, person),
    }));
    return { members, count: members.length };
  },
});

export const groupOperations = [groupadd, groupset, groupdel, groupeditmembers, groupgetmembers];
