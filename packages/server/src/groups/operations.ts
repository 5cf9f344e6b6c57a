import { limits, StoaError } from '@stoa/protocol';
import type { OperationHandlers } from '../socket/operations.ts';
import { groupInfo, memberInfo, pinInfo } from './group-view.ts';
import type { Groups, SeenGroup, SeenMember } from './groups.ts';
import type { Joining } from './joining.ts';

type GroupHandlers = {
  [Name in keyof OperationHandlers as Name extends `groups.${string}` ? Name : never]-?: NonNullable<
    OperationHandlers[Name]
  >;
};

/** What a signed-in device can ask about groups. */
export function groupOperations(groups: Groups, joining: Joining): GroupHandlers {
  return {
    'groups.create': async (caller, request) => ({ group: infoOf(await groups.create(caller, request)) }),
    'groups.get': async (caller, { gid }) => ({ group: infoOf(await groups.get(caller, gid)) }),
    'groups.update': async (caller, { gid, ...change }) => ({
      group: infoOf(await groups.update(caller, gid, change)),
    }),
    'groups.delete': async (caller, { gid }) => {
      await groups.delete(caller, gid);
      return {};
    },
    'groups.join': async (caller, { gid, pin }) => {
      const joined = await joining.join(caller, gid, pin);
      return joined ? { joined, group: infoOf(await groups.get(caller, gid)) } : { joined };
    },
    'groups.leave': async (caller, { gid }) => {
      await groups.leave(caller, gid);
      return {};
    },
    'groups.list': async ({ uid }, { cursor }) => {
      const found = await groups.listOf(uid, numberIn(cursor), limits.groupPage);
      return {
        groups: found.map(({ group, member, members }) => groupInfo(group, members, member)),
        ...cursorAfter(found, limits.groupPage, ({ group }) => group.gid),
      };
    },
    'groups.members.list': async (caller, { gid, limit, cursor }) => {
      const members = await groups.members(caller, gid, numberIn(cursor), limit);
      return {
        members: members.map(toMember),
        ...cursorAfter(members, limit, ({ member }) => member.uid),
      };
    },
    'groups.members.add': async (caller, { gid, users, ...change }) => {
      const { members, unknown } = await groups.addMembers(caller, gid, users, change);
      return { members: members.map(toMember), unknown };
    },
    'groups.members.remove': async (caller, { gid, users }) => {
      await groups.removeMembers(caller, gid, users);
      return {};
    },
    'groups.members.update': async (caller, { gid, users, ...change }) => ({
      members: (await groups.updateMembers(caller, gid, users, change)).map(toMember),
    }),
    'groups.pins.list': async (caller, { gid }) => ({ pins: (await joining.pins(caller, gid)).map(pinInfo) }),
    'groups.pins.add': async (caller, { gid, ...settings }) => ({
      pin: pinInfo(await joining.addPin(caller, gid, settings)),
    }),
    'groups.pins.update': async (caller, { gid, pin, ...settings }) => ({
      pin: pinInfo(await joining.updatePin(caller, gid, pin, settings)),
    }),
    'groups.pins.remove': async (caller, { gid, pin }) => {
      await joining.removePin(caller, gid, pin);
      return {};
    },
    'groups.requests.list': async (caller, { gid, cursor }) => {
      const requests = await joining.requests(caller, gid, requestIn(cursor), limits.groupMemberPage);
      return {
        requests: requests.flatMap(({ askedAt, person }) =>
          person === undefined ? [] : [{ user: person.address, name: person.name, askedAt }],
        ),
        ...cursorAfter(requests, limits.groupMemberPage, ({ askedAt, uid }) => `${askedAt}.${uid}`),
      };
    },
    'groups.requests.answer': async (caller, { gid, ...answer }) => {
      await joining.answer(caller, gid, answer);
      return {};
    },
  };
}

const infoOf = ({ group, members, own }: SeenGroup) => groupInfo(group, members, own);
const toMember = ({ member, person }: SeenMember) => memberInfo(member, person);

/** A page that is full may be followed by another. */
function cursorAfter<T>(page: readonly T[], limit: number, place: (last: T) => number | string) {
  const last = page.at(-1);
  return last === undefined || page.length < limit ? {} : { cursor: String(place(last)) };
}

function numberIn(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,10}$/.test(cursor)) return Number(cursor);
  throw badCursor();
}

function requestIn(cursor: string | undefined): { uid: number; askedAt: number } | undefined {
  if (cursor === undefined) return undefined;
  const [, askedAt, uid] = /^(\d{1,16})\.(\d{1,10})$/.exec(cursor) ?? [];
  if (askedAt === undefined) throw badCursor();
  return { askedAt: Number(askedAt), uid: Number(uid) };
}

const badCursor = (): StoaError => new StoaError('BAD_FRAME', '"cursor" is not one that the server gave.');
