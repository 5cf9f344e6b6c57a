import { Readable } from 'node:stream';
import { limits } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { IdempotencyHeader } from './idempotency.ts';
import { decodeCursor, defaultLimit, encodeCursor, PageQuery, pageOf } from './paging.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, IssuedToken, Nothing, ref, tokenResource, User, userResource } from './schemas.ts';
import { TokenRequest } from './tokens.ts';

const tags = ['Users'];
const security = [{ appToken: [] }];

const UserAddress = Type.Object({ address: Address });

const profile = {
  name: Type.Optional(
    Type.String({ maxLength: limits.nameLength, description: 'Name that is shown to people.' }),
  ),
  active: Type.Optional(
    Type.Boolean({ description: 'Whether the user may connect. False ends his sessions at once.' }),
  ),
  flag: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description: 'Any value of the application.' }),
  ),
};

const NewUser = Type.Object(
  {
    address: Address,
    ...profile,
    otp: Type.Optional(
      Type.String({
        maxLength: 32,
        description: 'One-time code of the address; nothing is done when it is wrong.',
      }),
    ),
    token: Type.Optional(TokenRequest),
  },
  { examples: [{ address: 'alice', name: 'Alice Liddell', token: { expiresIn: 1440 } }] },
);

const UserChange = Type.Object(profile, { examples: [{ name: 'Alice', active: true }] });

const UserWithToken = Type.Object({
  ...User.properties,
  token: Type.Optional(ref(IssuedToken)),
});

const UserQuery = Type.Object({
  ...PageQuery.properties,
  address: Type.Optional(
    Type.String({
      maxLength: limits.addressLength,
      description: 'Only users with this address; `*` stands for any text.',
    }),
  ),
});

/** Users of the app whose token is sent. */
export function userRoutes(
  scope: V1Scope,
  { users, profiles, otps, erasures, userExport, idempotent }: V1Services,
): void {
  scope.post(
    '/users',
    {
      schema: {
        operationId: 'createUser',
        summary: 'Make or change a user',
        description:
          'Makes the user (201), or changes the one who has this address (200): what is not given stays as it is. With `token`, a user token is issued as well.',
        tags,
        security,
        headers: IdempotencyHeader,
        body: NewUser,
        response: {
          ...answers(201, UserWithToken, 'The user was made.'),
          ...answers(200, UserWithToken, 'The user existed, and was changed.'),
        },
      },
    },
    (request, reply) => {
      const { aid } = callerOf(request);
      return idempotent.answer(`app ${aid}`, request, reply, async () => {
        const { otp, token: wanted, ...profile } = request.body;
        if (otp !== undefined) await otps.consume(aid, profile.address, otp);
        const { user, created } = await users.add(aid, profile);
        if (!created && profile.name !== undefined) await profiles.set(user, { name: user.name });
        const status = created ? 201 : 200;
        if (wanted === undefined) return { status, body: userResource(user) };
        const { token, record } = await users.tokens.issue(user, wanted.app ?? null, wanted.expiresIn);
        return { status, body: { ...userResource(user), token: { ...tokenResource(record), token } } };
      });
    },
  );

  scope.get(
    '/users',
    {
      schema: {
        operationId: 'listUsers',
        summary: 'List users',
        description: 'In the order of their addresses.',
        tags,
        security,
        querystring: UserQuery,
        response: answers(200, pageOf(ref(User)), 'A page of users.'),
      },
    },
    async (request) => {
      const { limit = defaultLimit, cursor, address } = request.query;
      const page = await users.list(callerOf(request).aid, {
        limit,
        ...(address === undefined ? {} : { pattern: address }),
        ...(cursor === undefined ? {} : { after: decodeCursor(cursor) }),
      });
      return { data: page.users.map(userResource), nextCursor: encodeCursor(page.next) };
    },
  );

  scope.get(
    '/users/:address',
    {
      schema: {
        operationId: 'getUser',
        summary: 'Read a user',
        tags,
        security,
        params: UserAddress,
        response: answers(200, ref(User), 'The user.'),
      },
    },
    async (request) => userResource(await users.byAddress(callerOf(request).aid, request.params.address)),
  );

  scope.get(
    '/users/:address/export',
    {
      schema: {
        operationId: 'exportUser',
        summary: 'Export everything that is kept about a user',
        description:
          'Lines of JSON, each an object with a `kind`: profile, device, token (without the secret), file (with a link that holds for a time), value (what his devices share), scheduled, conversation, and after each conversation its messages, in the form of docs/protocol.md.',
        tags,
        security,
        params: UserAddress,
        response: {
          ...answers(200, Nothing, ''),
          200: {
            description: 'The export.',
            content: { 'application/x-ndjson': { schema: Type.Unsafe<Readable>({ type: 'string' }) } },
          },
        },
      },
    },
    async (request, reply) => {
      const user = await users.byAddress(callerOf(request).aid, request.params.address);
      return reply.type('application/x-ndjson').send(Readable.from(userExport.lines(user)));
    },
  );

  scope.patch(
    '/users/:address',
    {
      schema: {
        operationId: 'updateUser',
        summary: 'Change a user',
        tags,
        security,
        params: UserAddress,
        body: UserChange,
        response: answers(200, ref(User), 'The user as he is now.'),
      },
    },
    async (request) => {
      const user = await users.byAddress(callerOf(request).aid, request.params.address);
      const { name, ...change } = request.body;
      // Whoever watches him is told of the name.
      if (name !== undefined) await profiles.set(user, { name });
      if (Object.keys(change).length === 0) return userResource({ ...user, name: name ?? user.name });
      return userResource(await users.update(user, change));
    },
  );

  scope.delete(
    '/users/:address',
    {
      schema: {
        operationId: 'deleteUser',
        summary: 'Remove a user',
        description:
          'Ends the sessions of the user at once. Messages to others stay; with `erase`, they lose their content within minutes, and the user his name and address.',
        tags,
        security,
        params: UserAddress,
        querystring: Type.Object({
          erase: Type.Optional(
            Type.Boolean({ description: 'Whether everything of him is erased. It cannot be undone.' }),
          ),
        }),
        response: answers(204, Nothing, 'The user is removed.'),
      },
    },
    async (request, reply) => {
      const { aid } = callerOf(request);
      const user = await users.byAddress(aid, request.params.address);
      if (request.query.erase === true) await erasures.begin(aid, user.uid);
      else await users.remove(user);
      return reply.status(204).send(null);
    },
  );
}
