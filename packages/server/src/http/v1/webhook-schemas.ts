/** Resources of the REST API that are about webhooks. */
import type { Webhook as StoredWebhook } from '@stoa/storage';
import Type, { type Static } from 'typebox';

const example = {
  name: 'main',
  url: 'https://example.com/stoa/events',
  events: ['message.offline', 'user.offline'],
  form: 'v2',
  createdAt: 1767225600000,
  waiting: 0,
};

export const Webhook = Type.Object(
  {
    name: Type.String({ description: 'Name of the webhook; unique in the app.' }),
    url: Type.String({ description: 'Where events are posted.' }),
    events: Type.Array(Type.String(), { description: 'Kinds of events that it gets.' }),
    form: Type.String({ description: 'How the body is written.' }),
    createdAt: Type.Integer({ minimum: 0, description: 'When it was made, in milliseconds since 1970.' }),
    waiting: Type.Integer({
      minimum: 0,
      description: 'Events that were not taken yet; 1,000 stands for that many or more.',
    }),
  },
  { $id: 'Webhook', examples: [example] },
);

export const SavedWebhook = Type.Object(
  {
    ...Webhook.properties,
    secret: Type.String({
      description: 'By which requests are signed. It is shown only in answers to this request.',
    }),
  },
  {
    $id: 'SavedWebhook',
    examples: [{ ...example, secret: 'whsec_bXVjaCBsb25nZXIgcmFuZG9tIHRva2VuIGdvZXMgaGVyZQ' }],
  },
);

export const WebhookAttempt = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    at: Type.Integer({ minimum: 0, description: 'When it was sent, in milliseconds since 1970.' }),
    ms: Type.Integer({ minimum: 0, description: 'How long it took, in milliseconds.' }),
    status: Type.Union([Type.Integer(), Type.Null()], {
      description: 'HTTP status of the answer; null when there was none.',
    }),
    problem: Type.Union([Type.String(), Type.Null()], {
      description: 'What went wrong; null when the events were taken.',
    }),
    events: Type.Integer({ minimum: 0, description: 'Number of events in it.' }),
    event: Type.String({ description: 'Id of the first of them.' }),
  },
  {
    $id: 'WebhookAttempt',
    examples: [
      {
        id: 12,
        at: 1767225600000,
        ms: 48,
        status: 503,
        problem: 'The answer was 503.',
        events: 3,
        event: 'message.1387628',
      },
    ],
  },
);

export const webhookResources = [Webhook, SavedWebhook, WebhookAttempt] as const;

export function webhookResource(
  { name, url, events, form, createdAt }: StoredWebhook,
  waiting: number,
): Static<typeof Webhook> {
  return { name, url, events: [...events], form, createdAt, waiting };
}
