import { limits } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import Type from 'typebox';
import { IdempotencyHeader } from './idempotency.ts';
import { pageOf } from './paging.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, IssuedToken, Nothing, ref, Token, tokenResource } from './schemas.ts';

const tags = ['Tokens'];
const security = [{ appToken: [] }];

const OfUser = Type.Object({ address: Address });
const OneToken = Type.Object({ address: Address, id: Type.Integer({ minimum: 1 }) });

/** What kind of user token is wanted. */
export const TokenRequest = Type.Object({
  app: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: limits.nameLength,
      description: 'App name that the client must declare with setAppName; any will do when it is absent.',
    }),
  ),
  expiresIn: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100 * 365 * 24 * 60,
      default: 365 * 24 * 60,
      description: 'Minutes for which it is valid; 0 for ever.',
    }),
  ),
});

/** Tokens with which a user signs in. */
export function tokenRoutes(scope: V1Scope, { users, idempotent }: V1Services): void {
  scope.post(
    '/users/:address/tokens',
    {
      schema: {
        operationId: 'createToken',
        summary: 'Issue a user token',
        tags,
        security,
        headers: IdempotencyHeader,
        params: OfUser,
        body: Type.Object(TokenRequest.properties, { examples: [{ expiresIn: 1440 }] }),
        response: answers(201, ref(IssuedToken), 'The token.'),
      },
    },
    (request, reply) => {
      const { aid } = callerOf(request);
      return idempotent.answer(`app ${aid}`, request, reply, async () => {
        const user = await users.byAddress(aid, request.params.address);
        const { app, expiresIn } = request.body;
        const { token, record } = await users.tokens.issue(user, app ?? null, expiresIn);
        return { status: 201, body: { ...tokenResource(record), token } };
      });
    },
  );

  scope.get(
    '/users/:address/tokens',
    {
      schema: {
        operationId: 'listTokens',
        summary: 'List the valid tokens of a user',
        description: 'Oldest first, without the tokens themselves, all on one page.',
        tags,
        security,
        params: OfUser,
        response: answers(200, pageOf(ref(Token)), 'The tokens.'),
      },
    },
    async (request) => {
      const user = await users.byAddress(callerOf(request).aid, request.params.address);
      return { data: (await users.tokens.list(user)).map(tokenResource), nextCursor: null };
    },
  );

  scope.delete(
    '/users/:address/tokens/:id',
    {
      schema: {
        operationId: 'revokeToken',
        summary: 'Revoke a user token',
        description: 'Ends the sessions that were signed in with it at once.',
        tags,
        security,
        params: OneToken,
        response: answers(204, Nothing, 'The token is revoked.'),
      },
    },
    async (request, reply) => {
      const user = await users.byAddress(callerOf(request).aid, request.params.address);
      await users.tokens.revoke(user, request.params.id);
      return reply.status(204).send(null);
    },
  );

  scope.delete(
    '/users/:address/tokens',
    {
      schema: {
        operationId: 'revokeAllTokens',
        summary: 'Revoke all tokens of a user',
        description: 'Ends all sessions of the user at once.',
        tags,
        security,
        params: OfUser,
        response: answers(204, Nothing, 'The tokens are revoked.'),
      },
    },
    async (request, reply) => {
      await users.tokens.revokeAll(await users.byAddress(callerOf(request).aid, request.params.address));
      return reply.status(204).send(null);
    },
  );
}
