import { limits, StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import type { GroupPin } from '@stoa/storage';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { backendOf } from '../../groups/index.ts';
import { inviteLink } from '../invite-link.ts';
import {
  GroupPinResource,
  GroupRequestResource,
  groupSettings,
  memberChange,
  pinResource,
} from './group-schemas.ts';
import { decodeCursor, defaultLimit, encodeCursor, PageQuery, pageOf } from './paging.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, Nothing, ref } from './schemas.ts';

const tags = ['Groups'];
const security = [{ appToken: [] }];

const Gid = Type.Object({ gid: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }) });
const OnePin = Type.Object({ ...Gid.properties, pin: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }) });

const NewPin = Type.Object(
  {
    permissions: memberChange.permissions,
    calls: memberChange.calls,
    stay: memberChange.stay,
    expiry: groupSettings.expiry,
    uses: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 0xffff_ffff,
        description: 'How often it can be used; 0 for any number.',
      }),
    ),
    shared: Type.Optional(
      Type.Boolean({ description: 'False: good for one user only, the first who joins with it.' }),
    ),
  },
  { examples: [{ expiry: 86400, uses: 10 }] },
);

const RequestsAnswer = Type.Object(
  {
    users: Type.Array(Address, { minItems: 1, maxItems: limits.groupUsersPerRequest }),
    accept: Type.Boolean({ description: 'Whether they are let in.' }),
    permissions: memberChange.permissions,
  },
  { examples: [{ users: ['carol'], accept: true }] },
);

/** How users become members of a group by themselves: with a PIN or its link, or by asking. */
export function groupJoiningRoutes(scope: V1Scope, { groups, settings }: V1Services): void {
  const { joining } = groups;
  const resourceOf = (request: FastifyRequest, pin: GroupPin & { readonly gid: number }) =>
    pinResource(pin, inviteLink(settings, request, pin));

  scope.get(
    '/groups/:gid/pins',
    {
      schema: {
        operationId: 'listGroupPins',
        summary: 'List the PINs of a group',
        tags,
        security,
        params: Gid,
        response: answers(200, pageOf(ref(GroupPinResource)), 'The PINs, all on one page.'),
      },
    },
    async (request) => {
      const pins = await joining.pins(backendOf(callerOf(request).aid), request.params.gid);
      return {
        data: pins.map((pin) => resourceOf(request, { gid: request.params.gid, ...pin })),
        nextCursor: null,
      };
    },
  );

  scope.post(
    '/groups/:gid/pins',
    {
      schema: {
        operationId: 'addGroupPin',
        summary: 'Make a PIN',
        description:
          'Whoever joins with it, or opens the link that it comes with, is a member with its permissions.',
        tags,
        security,
        params: Gid,
        body: NewPin,
        response: answers(201, ref(GroupPinResource), 'The PIN.'),
      },
    },
    async (request, reply) => {
      const pin = await joining.addPin(backendOf(callerOf(request).aid), request.params.gid, request.body);
      return reply.status(201).send(resourceOf(request, { gid: request.params.gid, ...pin }));
    },
  );

  scope.patch(
    '/groups/:gid/pins/:pin',
    {
      schema: {
        operationId: 'updateGroupPin',
        summary: 'Change a PIN',
        description: 'What is not given stays as it is.',
        tags,
        security,
        params: OnePin,
        body: NewPin,
        response: answers(200, ref(GroupPinResource), 'The PIN as it is now.'),
      },
    },
    async (request) => {
      const { gid, pin } = request.params;
      const caller = backendOf(callerOf(request).aid);
      return resourceOf(request, { gid, ...(await joining.updatePin(caller, gid, pin, request.body)) });
    },
  );

  scope.delete(
    '/groups/:gid/pins/:pin',
    {
      schema: {
        operationId: 'removeGroupPin',
        summary: 'Remove a PIN',
        description:
          'Its link leads nowhere then. Whoever has joined with it stays, unless his permissions say `deleteWithPin`.',
        tags,
        security,
        params: OnePin,
        response: answers(204, Nothing, 'The PIN is removed.'),
      },
    },
    async (request, reply) => {
      const { gid, pin } = request.params;
      await joining.removePin(backendOf(callerOf(request).aid), gid, pin);
      return reply.status(204).send(null);
    },
  );

  scope.get(
    '/groups/:gid/requests',
    {
      schema: {
        operationId: 'listGroupRequests',
        summary: 'List who asks to join',
        description: 'The first one first.',
        tags,
        security,
        params: Gid,
        querystring: PageQuery,
        response: answers(200, pageOf(ref(GroupRequestResource)), 'A page of requests.'),
      },
    },
    async (request) => {
      const { limit = defaultLimit, cursor } = request.query;
      const caller = backendOf(callerOf(request).aid);
      const requests = await joining.requests(caller, request.params.gid, afterOf(cursor), limit);
      const last = requests.at(-1);
      return {
        data: requests.flatMap(({ askedAt, person }) =>
          person === undefined ? [] : [{ address: person.address, name: person.name, askedAt }],
        ),
        nextCursor: encodeCursor(
          last === undefined || requests.length < limit ? undefined : `${last.askedAt}.${last.uid}`,
        ),
      };
    },
  );

  scope.post(
    '/groups/:gid/requests',
    {
      schema: {
        operationId: 'answerGroupRequests',
        summary: 'Let in who asks to join, or send them away',
        description: 'Users who have not asked are left out.',
        tags,
        security,
        params: Gid,
        body: RequestsAnswer,
        response: answers(204, Nothing, 'The requests are answered.'),
      },
    },
    async (request, reply) => {
      const { users, accept, permissions } = request.body;
      const answer = { users, accept, ...(permissions === undefined ? {} : { permissions }) };
      await joining.answer(backendOf(callerOf(request).aid), request.params.gid, answer);
      return reply.status(204).send(null);
    },
  );
}

/** Where the next page goes on. */
function afterOf(cursor: string | undefined): { uid: number; askedAt: number } | undefined {
  if (cursor === undefined) return undefined;
  const [, askedAt, uid] = /^(\d{1,16})\.(\d{1,10})$/.exec(decodeCursor(cursor)) ?? [];
  if (askedAt === undefined) throw new StoaError('BAD_REQUEST', '"cursor" is not one that this API gave.');
  return { askedAt: Number(askedAt), uid: Number(uid) };
}
