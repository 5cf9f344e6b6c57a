import { StoaError } from '@stoa/protocol';
import Type from 'typebox';
import { webhookForms, webhookKindNames, webhookKinds } from '../../webhooks/index.ts';
import { decodeCursor, defaultLimit, encodeCursor, PageQuery, pageOf } from './paging.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, Nothing, ref } from './schemas.ts';
import { SavedWebhook, Webhook, WebhookAttempt, webhookResource } from './webhook-schemas.ts';

const tags = ['Webhooks'];
const security = [{ appToken: [] }];

const Named = Type.Object({
  name: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'Name of the webhook.' }),
});

const WantedWebhook = Type.Object(
  {
    url: Type.String({
      maxLength: 2048,
      description: 'Where events are posted: an https address that leads to a public one.',
    }),
    events: Type.Array(Type.Union(webhookKindNames.map((kind) => Type.Literal(kind))), {
      maxItems: 20,
      description: `What it gets. ${webhookKindNames.map((kind) => `\`${kind}\`: ${webhookKinds[kind]}`).join(' ')}`,
    }),
    form: Type.Optional(
      Type.Union(
        webhookForms.map((form) => Type.Literal(form)),
        { description: 'How the body is written; see docs/webhooks.md. By default `v2`.' },
      ),
    ),
    secret: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 256,
        description:
          'By which requests are signed. Without it, a new webhook gets a random one, and an old one keeps its own.',
      }),
    ),
  },
  { examples: [{ url: 'https://example.com/stoa/events', events: ['message.offline', 'user.offline'] }] },
);

/** Where the app wants to be told of what happens. */
export function webhookRoutes(scope: V1Scope, { webhooks }: V1Services): void {
  scope.get(
    '/webhooks',
    {
      schema: {
        operationId: 'listWebhooks',
        summary: 'List webhooks',
        description: 'All of them on one page: an app can have ten.',
        tags,
        security,
        response: answers(200, pageOf(ref(Webhook)), 'The webhooks.'),
      },
    },
    async (request) => {
      const data = webhooks.list(callerOf(request).aid);
      return {
        data: await Promise.all(data.map(async (one) => webhookResource(one, await webhooks.waiting(one)))),
        nextCursor: null,
      };
    },
  );

  scope.get(
    '/webhooks/:name',
    {
      schema: {
        operationId: 'getWebhook',
        summary: 'Read a webhook',
        tags,
        security,
        params: Named,
        response: answers(200, ref(Webhook), 'The webhook.'),
      },
    },
    async (request) => {
      const webhook = webhooks.get(callerOf(request).aid, request.params.name);
      return webhookResource(webhook, await webhooks.waiting(webhook));
    },
  );

  scope.put(
    '/webhooks/:name',
    {
      schema: {
        operationId: 'setWebhook',
        summary: 'Make or change a webhook',
        description: 'It is told of what happens from then on. What waits for it goes to the new address.',
        tags,
        security,
        params: Named,
        body: WantedWebhook,
        response: {
          ...answers(201, ref(SavedWebhook), 'The webhook was made.'),
          ...answers(200, ref(SavedWebhook), 'The webhook existed, and was changed.'),
        },
      },
    },
    async (request, reply) => {
      const { aid } = callerOf(request);
      const { webhook, created } = await webhooks.put(aid, request.params.name, request.body);
      const { secret } = webhook;
      const resource = webhookResource(webhook, await webhooks.waiting(webhook));
      return reply.status(created ? 201 : 200).send({ ...resource, secret });
    },
  );

  scope.delete(
    '/webhooks/:name',
    {
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Remove a webhook',
        description: 'What waits for it is dropped.',
        tags,
        security,
        params: Named,
        response: answers(204, Nothing, 'The webhook is removed.'),
      },
    },
    async (request, reply) => {
      await webhooks.remove(callerOf(request).aid, request.params.name);
      return reply.status(204).send(null);
    },
  );

  scope.get(
    '/webhooks/:name/attempts',
    {
      schema: {
        operationId: 'listWebhookAttempts',
        summary: 'List what was sent to a webhook',
        description: 'Newest first. The last 500 are kept.',
        tags,
        security,
        params: Named,
        querystring: PageQuery,
        response: answers(200, pageOf(ref(WebhookAttempt)), 'A page of requests.'),
      },
    },
    async (request) => {
      const { limit = defaultLimit, cursor } = request.query;
      const webhook = webhooks.get(callerOf(request).aid, request.params.name);
      const before = cursor === undefined ? {} : { before: idOf(decodeCursor(cursor)) };
      const found = await webhooks.attempts(webhook, { limit: limit + 1, ...before });
      const data = found.slice(0, limit);
      const last = found.length > limit ? data.at(-1)?.id.toString() : undefined;
      return { data, nextCursor: encodeCursor(last) };
    },
  );
}

function idOf(position: string): number {
  if (/^\d{1,15}$/.test(position)) return Number(position);
  throw new StoaError('BAD_REQUEST', '"cursor" is not one that this API gave.');
}
