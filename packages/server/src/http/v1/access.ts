import { limits } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { AccessPolicy, UserAccess } from './access-schemas.ts';
import { pageOf } from './paging.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, Nothing, ref } from './schemas.ts';

const tags = ['Access'];
const security = [{ appToken: [] }];

const Numbered = Type.Object({
  policy: Type.Integer({
    minimum: 0,
    maximum: 0xffff_ffff,
    description: 'Number of the policy; 0 is that of all users who were given none.',
  }),
});
const OfUser = Type.Object({ address: Address });

const WantedPolicy = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: limits.nameLength, description: 'For people.' })),
    rules: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
      maxProperties: 50,
      description: 'What counts, by group: see docs/access.md. What is not named is allowed.',
    }),
  },
  {
    examples: [{ name: 'guests', rules: { group: { create: false }, ratelimit: { message: '1:5,60:100' } } }],
  },
);

/** What users of the app may do. */
export function accessRoutes(scope: V1Scope, { access, users }: V1Services): void {
  scope.get(
    '/access',
    {
      schema: {
        operationId: 'listPolicies',
        summary: 'List the policies of access',
        description: 'All of them on one page: an app can have a hundred.',
        tags,
        security,
        response: answers(200, pageOf(ref(AccessPolicy)), 'The policies.'),
      },
    },
    async (request) => ({ data: access.list(callerOf(request).aid).map(policyResource), nextCursor: null }),
  );

  scope.get(
    '/access/:policy',
    {
      schema: {
        operationId: 'getPolicy',
        summary: 'Read a policy',
        tags,
        security,
        params: Numbered,
        response: answers(200, ref(AccessPolicy), 'The policy.'),
      },
    },
    async (request) => policyResource(access.get(callerOf(request).aid, request.params.policy)),
  );

  scope.put(
    '/access/:policy',
    {
      schema: {
        operationId: 'setPolicy',
        summary: 'Make or change a policy',
        description: 'It counts at once, for connected users too.',
        tags,
        security,
        params: Numbered,
        body: WantedPolicy,
        response: {
          ...answers(201, ref(AccessPolicy), 'The policy was made.'),
          ...answers(200, ref(AccessPolicy), 'The policy existed, and was changed.'),
        },
      },
    },
    async (request, reply) => {
      const { name = '', rules } = request.body;
      const { aid } = callerOf(request);
      const { policy, created } = await access.put(aid, request.params.policy, { name, rules });
      return reply.status(created ? 201 : 200).send(policyResource(policy));
    },
  );

  scope.delete(
    '/access/:policy',
    {
      schema: {
        operationId: 'deletePolicy',
        summary: 'Remove a policy',
        description: 'Whoever was given it has number 0 then, if there is one.',
        tags,
        security,
        params: Numbered,
        response: answers(204, Nothing, 'The policy is removed.'),
      },
    },
    async (request, reply) => {
      await access.remove(callerOf(request).aid, request.params.policy);
      return reply.status(204).send(null);
    },
  );

  scope.get(
    '/users/:address/access',
    {
      schema: {
        operationId: 'getUserAccess',
        summary: 'Read which policy a user was given',
        tags,
        security,
        params: OfUser,
        response: answers(200, ref(UserAccess), 'The number of the policy.'),
      },
    },
    async (request) => {
      const user = await users.byAddress(callerOf(request).aid, request.params.address);
      return { policy: await access.assigned(user) };
    },
  );

  scope.put(
    '/users/:address/access',
    {
      schema: {
        operationId: 'setUserAccess',
        summary: 'Give a user a policy',
        description: 'It counts at once; null takes it away.',
        tags,
        security,
        params: OfUser,
        body: Type.Object(
          { policy: Type.Union([Numbered.properties.policy, Type.Null()]) },
          { examples: [{ policy: null }] },
        ),
        response: answers(200, ref(UserAccess), 'The number of the policy.'),
      },
    },
    async (request) => {
      const user = await users.byAddress(callerOf(request).aid, request.params.address);
      const { policy } = request.body;
      await access.assign(user, policy);
      return { policy };
    },
  );
}

function policyResource({ id, name, rules, ignored }: ReturnType<V1Services['access']['get']>) {
  return { policy: id, name, rules: { ...rules }, ignored: [...ignored] };
}
