import { limits, StoaError } from '@stoa/protocol';
import { Address, RoomKindName } from '@stoa/protocol/validate';
import Type from 'typebox';
import { backendOf, groupInfo, memberInfo } from '../../groups/index.ts';
import { Group, GroupMember, groupResource, groupSettings, memberChange } from './group-schemas.ts';
import { IdempotencyHeader } from './idempotency.ts';
import { decodeCursor, defaultLimit, encodeCursor, PageQuery, pageOf } from './paging.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, Nothing, ref } from './schemas.ts';

const tags = ['Groups'];
const security = [{ appToken: [] }];

const Gid = Type.Object({ gid: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }) });
const OneMember = Type.Object({ ...Gid.properties, address: Address });

const Addresses = Type.Array(Address, { minItems: 1, maxItems: limits.groupUsersPerRequest });

const NewGroup = Type.Object(
  {
    ...groupSettings,
    kind: Type.Optional({ ...RoomKindName, description: 'Kind of its room, see docs/rooms.md: adds flags.' }),
    owner: Type.Optional(Type.String({ ...Address, description: 'Address of its owner; none when absent.' })),
    members: Type.Optional(Addresses),
  },
  { examples: [{ name: 'Band', owner: 'alice', members: ['bob'] }] },
);

const GroupChange = Type.Object(groupSettings, { examples: [{ name: 'Trio' }] });

const NewMembers = Type.Object(
  { members: Addresses, ...memberChange },
  { examples: [{ members: ['bob'], permissions: 31 }] },
);

/** Groups of the app whose token is sent. */
export function groupRoutes(scope: V1Scope, { users, groups: services, idempotent }: V1Services): void {
  const { groups } = services;

  scope.post(
    '/groups',
    {
      schema: {
        operationId: 'createGroup',
        summary: 'Make a group',
        description:
          'Nothing is made unless all of its members exist. Limits on how many groups the owner may make himself do not apply.',
        tags,
        security,
        headers: IdempotencyHeader,
        body: NewGroup,
        response: answers(201, ref(Group), 'The group was made.'),
      },
    },
    (request, reply) => {
      const { aid } = callerOf(request);
      return idempotent.answer(`app ${aid}`, request, reply, async () => {
        const { owner, name = '', members = [], ...settings } = request.body;
        const ownedBy = owner === undefined ? undefined : { ...(await users.byAddress(aid, owner)) };
        for (const address of members) await users.byAddress(aid, address);
        const made = await groups.create(backendOf(aid), { ...settings, name, members }, ownedBy);
        return { status: 201 as const, body: groupResource(groupInfo(made.group, made.members)) };
      });
    },
  );

  scope.get(
    '/groups',
    {
      schema: {
        operationId: 'listGroups',
        summary: 'List groups',
        description: 'In the order of their numbers.',
        tags,
        security,
        querystring: PageQuery,
        response: answers(200, pageOf(ref(Group)), 'A page of groups.'),
      },
    },
    async (request) => {
      const { aid } = callerOf(request);
      const { limit = defaultLimit, cursor } = request.query;
      const found = await groups.list(aid, placeOf(cursor), limit);
      const seen = await Promise.all(found.map(({ gid }) => groups.get(backendOf(aid), gid)));
      return {
        data: seen.map(({ group, members }) => groupResource(groupInfo(group, members))),
        nextCursor: nextOf(found, limit, ({ gid }) => gid),
      };
    },
  );

  scope.get(
    '/groups/:gid',
    {
      schema: {
        operationId: 'getGroup',
        summary: 'Read a group',
        tags,
        security,
        params: Gid,
        response: answers(200, ref(Group), 'The group.'),
      },
    },
    async (request) => {
      const { group, members } = await groups.get(backendOf(callerOf(request).aid), request.params.gid);
      return groupResource(groupInfo(group, members));
    },
  );

  scope.patch(
    '/groups/:gid',
    {
      schema: {
        operationId: 'updateGroup',
        summary: 'Change a group',
        description: 'What is not given stays as it is. Counts at once, for connected members, too.',
        tags,
        security,
        params: Gid,
        body: GroupChange,
        response: answers(200, ref(Group), 'The group as it is now.'),
      },
    },
    async (request) => {
      const caller = backendOf(callerOf(request).aid);
      const { group, members } = await groups.update(caller, request.params.gid, request.body);
      return groupResource(groupInfo(group, members));
    },
  );

  scope.delete(
    '/groups/:gid',
    {
      schema: {
        operationId: 'deleteGroup',
        summary: 'Delete a group',
        description: 'Members keep what they have received.',
        tags,
        security,
        params: Gid,
        response: answers(204, Nothing, 'The group is deleted.'),
      },
    },
    async (request, reply) => {
      await groups.delete(backendOf(callerOf(request).aid), request.params.gid);
      return reply.status(204).send(null);
    },
  );

  scope.get(
    '/groups/:gid/members',
    {
      schema: {
        operationId: 'listGroupMembers',
        summary: 'List the members of a group',
        tags,
        security,
        params: Gid,
        querystring: PageQuery,
        response: answers(200, pageOf(ref(GroupMember)), 'A page of members.'),
      },
    },
    async (request) => {
      const { limit = defaultLimit, cursor } = request.query;
      const caller = backendOf(callerOf(request).aid);
      const members = await groups.members(caller, request.params.gid, placeOf(cursor), limit);
      return {
        data: members.map(memberResource),
        nextCursor: nextOf(members, limit, ({ member }) => member.uid),
      };
    },
  );

  scope.post(
    '/groups/:gid/members',
    {
      schema: {
        operationId: 'addGroupMembers',
        summary: 'Add members, or change them',
        description: 'Users who do not exist are left out.',
        tags,
        security,
        params: Gid,
        body: NewMembers,
        response: answers(200, Type.Object({ data: Type.Array(ref(GroupMember)) }), 'The members.'),
      },
    },
    async (request) => {
      const { members: addresses, ...change } = request.body;
      const caller = backendOf(callerOf(request).aid);
      const { members } = await groups.addMembers(caller, request.params.gid, addresses, change);
      return { data: members.map(memberResource) };
    },
  );

  scope.delete(
    '/groups/:gid/members/:address',
    {
      schema: {
        operationId: 'removeGroupMember',
        summary: 'Remove a member',
        tags,
        security,
        params: OneMember,
        response: answers(204, Nothing, 'The user is no member.'),
      },
    },
    async (request, reply) => {
      const { gid, address } = request.params;
      const { aid } = callerOf(request);
      await users.byAddress(aid, address);
      await groups.removeMembers(backendOf(aid), gid, [address]);
      return reply.status(204).send(null);
    },
  );
}

type Seen = Awaited<ReturnType<V1Services['groups']['groups']['members']>>[number];

function memberResource({ member, person }: Seen) {
  const { user: address, ...info } = memberInfo(member, person);
  return { address, ...info };
}

function nextOf<T>(page: readonly T[], limit: number, place: (last: T) => number): string | null {
  const last = page.at(-1);
  return encodeCursor(last === undefined || page.length < limit ? undefined : String(place(last)));
}

function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = decodeCursor(cursor);
  if (/^\d{1,10}$/.test(place)) return Number(place);
  throw new StoaError('BAD_REQUEST', '"cursor" is not one that this API gave.');
}
