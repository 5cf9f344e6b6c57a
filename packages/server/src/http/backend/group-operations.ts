import { StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type, { type Static } from 'typebox';
import { backendOf, groupInfo, memberInfo, usualPermissions } from '../../groups/index.ts';
import type { HttpOptions } from '../http-options.ts';
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
    const unknown = await putNamed(groups, caller, made.group, parameters);
    const { group, members } = await groups.get(caller, made.group.gid);
    return { group: groupInfo(group, members), ...unknown };
  },
});

/** Changes the settings that are named, and adds or changes the members that are. */
const groupset = operation({
  names: ['groupset'],
  by: appCaller,
  parameters: Type.Object({ gid: Gid, ...GroupSettings.properties, ...GroupMembers.properties }),
  spellings: { gid, ...groupSettingsSpellings, ...groupMembersSpellings },
  run: async (parameters, { aid }, { services }) => {
    const { gid } = parameters;
    const caller = backendOf(aid);
    const { groups } = services.groups;
    const before = await groups.get(caller, gid);
    const set = await groups.update(caller, gid, settingsOf(parameters, before.group.flags));
    const unknown = await putNamed(groups, caller, set.group, parameters);
    const { group, members } = await groups.get(caller, gid);
    return { group: groupInfo(group, members), ...unknown };
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
    return { group: { gid }, ...(await putNamed(groups, caller, group, parameters)) };
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

/** Adds or changes the members that are named, and says which of them are nobody. */
async function putNamed(
  groups: HttpOptions['groups']['groups'],
  caller: ReturnType<typeof backendOf>,
  group: { readonly gid: number; readonly flags: number },
  parameters: Static<typeof GroupMembers>,
): Promise<{ unknown?: readonly string[] }> {
  const users = addressesOf(parameters);
  if (users.length === 0) return {};
  const change = changeOf(parameters, usualPermissions(group));
  const { unknown } = await groups.addMembers(caller, group.gid, users, change);
  return unknown.length === 0 ? {} : { unknown };
}

export const groupOperations = [groupadd, groupset, groupdel, groupeditmembers, groupgetmembers];
