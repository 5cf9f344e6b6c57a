import { limits } from '@stoa/protocol';
import Type from 'typebox';
import { IdempotencyHeader } from './idempotency.ts';
import { decodeCursor, defaultLimit, encodeCursor, PageQuery, pageOf } from './paging.ts';
import type { V1Scope, V1Services } from './route-context.ts';
import { App, AppWithToken, answers, appResource, Nothing, ref } from './schemas.ts';

const tags = ['Apps'];
const security = [{ administrator: [] }];
const Name = Type.String({
  minLength: 1,
  maxLength: limits.nameLength,
  description: 'Name that is shown to people.',
});
const Aid = Type.Object({ aid: Type.Integer({ minimum: 1, description: 'Number of the app.' }) });

const NewApp = Type.Object({ name: Name }, { examples: [{ name: 'Tea party' }] });

const AppChange = Type.Object(
  {
    name: Type.Optional(Name),
    settings: Type.Optional(
      Type.Record(Type.String({ maxLength: limits.nameLength }), Type.Unknown(), {
        maxProperties: 100,
        description:
          'Replaces all settings. The server itself knows `devicesPerUser`: how many devices a user of the app may have, 0 for any number; `retraction`: `editSeconds` and `recallSeconds` for which a user may change a message that he sent, 0 for ever, and `policy`: "own", "unread" (only until it is read) or "never"; `retention`: `days` for which messages are kept, 0 for ever.',
      }),
    ),
  },
  { examples: [{ name: 'Mad tea party' }] },
);

/** Apps, for the administrator. */
export function appRoutes(scope: V1Scope, { apps, idempotent }: V1Services): void {
  scope.post(
    '/apps',
    {
      schema: {
        operationId: 'createApp',
        summary: 'Make an app',
        description: 'The answer is the only one that has the app token.',
        tags,
        security,
        headers: IdempotencyHeader,
        body: NewApp,
        response: answers(201, ref(AppWithToken), 'The app and its token.'),
      },
    },
    (request, reply) =>
      idempotent.answer('administrator', request, reply, async () => {
        const { app, token } = await apps.create(request.body.name);
        return { status: 201, body: { ...appResource(app), token } };
      }),
  );

  scope.get(
    '/apps',
    {
      schema: {
        operationId: 'listApps',
        summary: 'List all apps',
        tags,
        security,
        querystring: PageQuery,
        response: answers(200, pageOf(ref(App)), 'A page of apps, in the order of their numbers.'),
      },
    },
    async ({ query: { limit = defaultLimit, cursor } }) => {
      const after = cursor === undefined ? 0 : Number(decodeCursor(cursor));
      const rest = (await apps.list()).filter(({ aid }) => aid > after);
      const data = rest.slice(0, limit);
      const last = rest.length > limit ? data.at(-1)?.aid.toString() : undefined;
      return { data: data.map(appResource), nextCursor: encodeCursor(last) };
    },
  );

  scope.get(
    '/apps/:aid',
    {
      schema: {
        operationId: 'getApp',
        summary: 'Read an app',
        tags,
        security,
        params: Aid,
        response: answers(200, ref(App), 'The app.'),
      },
    },
    async ({ params }) => appResource(await apps.get(params.aid)),
  );

  scope.patch(
    '/apps/:aid',
    {
      schema: {
        operationId: 'updateApp',
        summary: 'Change an app',
        tags,
        security,
        params: Aid,
        body: AppChange,
        response: answers(200, ref(App), 'The app as it is now.'),
      },
    },
    async ({ params, body }) => appResource(await apps.update(params.aid, body)),
  );

  scope.post(
    '/apps/:aid/token',
    {
      schema: {
        operationId: 'renewAppToken',
        summary: 'Give an app a new token',
        description: 'The old token is void at once.',
        tags,
        security,
        headers: IdempotencyHeader,
        params: Aid,
        response: answers(201, ref(AppWithToken), 'The app and its new token.'),
      },
    },
    (request, reply) =>
      idempotent.answer('administrator', request, reply, async () => {
        const { app, token } = await apps.renewToken(request.params.aid);
        return { status: 201, body: { ...appResource(app), token } };
      }),
  );

  scope.delete(
    '/apps/:aid',
    {
      schema: {
        operationId: 'deleteApp',
        summary: 'Remove an app',
        description: 'Removes its users and conversations too, and ends their sessions at once.',
        tags,
        security,
        params: Aid,
        response: answers(204, Nothing, 'The app is removed.'),
      },
    },
    async ({ params }, reply) => {
      await apps.remove(params.aid);
      return reply.status(204).send(null);
    },
  );
}
