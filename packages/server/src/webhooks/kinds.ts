/** The kinds of events that a webhook can get, and what they are about. */
export const webhookKinds = {
  'user.online': 'A user has connected who was not connected before.',
  'user.offline': 'The last connection of a user has ended.',
  message: 'A message was stored, or one was edited or recalled.',
  'message.offline': 'No device of a receiver has taken a message within ten seconds.',
  'message.client': 'A client has sent something to the app itself.',
  'message.status': 'Messages were delivered to a receiver, or he has read them.',
  group: 'A group, or who is in it, has changed.',
} as const;

export type WebhookKind = keyof typeof webhookKinds;

export const webhookKindNames = Object.keys(webhookKinds) as readonly WebhookKind[];

/**
 * How the body of a request is written: as JSON with any number of events, of which `v1` repeats the secret; or, older,
 * as a form for each event.
 */
export const webhookForms = ['v2', 'v1', 'form'] as const;

export type WebhookForm = (typeof webhookForms)[number];
