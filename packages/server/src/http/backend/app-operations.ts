import { limits, StoaError } from '@stoa/protocol';
import type { App } from '@stoa/storage';
import Type from 'typebox';
import { formBits, type WebhookKind, webhookKindNames } from '../../webhooks/index.ts';
import type { HttpOptions } from '../http-options.ts';
import { administratorCaller, appCaller } from './callers.ts';
import { type Answer, type Call, operation } from './operation.ts';
import { either } from './parameters.ts';

const Aid = Type.Integer({ minimum: 1 });
const Name = Type.String({ maxLength: limits.nameLength });
const aid = either('app', 'aid');
const name = either('app', 'name');

/** Makes an app. The key of the account is the administrator's password. */
const appadd = operation({
  names: ['appadd'],
  by: administratorCaller,
  parameters: Type.Object({ name: Name }),
  spellings: { name },
  run: async (parameters, _administrator, { services }) => {
    const { app, token } = await services.apps.create(parameters.name);
    return { app: { ...appAnswer(app), token }, token };
  },
});

/**
 * Renames an app, and says where it is told of what happens: its own back end its own, the administrator any. `notify`:
 * of what, see formBits; 0 for nothing.
 */
const appset = operation({
  names: ['appset'],
  by: appOwner,
  parameters: Type.Object({
    aid: Type.Optional(Aid),
    name: Type.Optional(Name),
    url: Type.Optional(Type.String({ maxLength: 2048 })),
    secret: Type.Optional(Type.String({ minLength: 16, maxLength: 256 })),
    notify: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
    v: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 })),
  }),
  spellings: {
    aid,
    name,
    url: either('app', 'url', 'webhook'),
    secret: either('app', 'secret'),
    notify: either('app', 'notify'),
    v: either('app', 'v'),
  },
  run: async ({ aid, name, ...hook }, own, { services }) => {
    const named = appNamed(aid, own);
    if (name === undefined && Object.keys(hook).length === 0) {
      throw new StoaError('BAD_REQUEST', '"app.name" or "app.url" must be given.');
    }
    const app =
      name === undefined ? await services.apps.get(named) : await services.apps.update(named, { name });
    const webhook = await setWebhook(named, hook, services.webhooks);
    return { app: { ...appAnswer(app), ...webhook } };
  },
});

/** Removes an app, named by its aid or its token, with everything in it: only the administrator may. */
const appdel = operation({
  names: ['appdel'],
  by: async (call) => {
    await administratorCaller(call);
    return appOfToken(call);
  },
  parameters: Type.Object({ aid: Type.Optional(Aid) }),
  spellings: { aid },
  run: async (parameters, own, { services }) => {
    const removed = appNamed(parameters.aid, own);
    await services.apps.remove(removed);
    return { app: { aid: removed } };
  },
});

/** The webhook that an app sets in this way has a name like those of the REST API. */
const webhookName = 'default';

async function setWebhook(
  aid: number,
  { url, secret, notify, v }: { url?: string; secret?: string; notify?: number; v?: number },
  webhooks: HttpOptions['webhooks'],
): Promise<Answer> {
  if (url === undefined && secret === undefined && notify === undefined && v === undefined) return {};
  const known = webhooks.list(aid).find(({ name }) => name === webhookName);
  if (notify === 0) {
    if (known !== undefined) await webhooks.remove(aid, webhookName);
    return { notify };
  }
  const target = url ?? known?.url;
  if (target === undefined) throw new StoaError('BAD_REQUEST', '"app.url" must be given.');
  const { webhook } = await webhooks.put(aid, webhookName, {
    url: target,
    events: notify === undefined && known !== undefined ? kindsOf(known.events) : notifiedKinds(notify),
    ...(secret === undefined ? {} : { secret }),
    ...(v === undefined ? {} : { form: v === 0 ? 'form' : v === 1 ? 'v1' : 'v2' }),
  });
  return { url: webhook.url, secret: webhook.secret };
}

const kindsOf = (names: readonly string[]): WebhookKind[] =>
  webhookKindNames.filter((kind) => names.includes(kind));

/** Everything of which mesibo knows, unless it is said what. */
function notifiedKinds(notify = formBits.online | formBits.offline | formBits.message): WebhookKind[] {
  return [
    ...((notify & formBits.online) === 0 ? [] : (['user.online'] as const)),
    ...((notify & formBits.offline) === 0 ? [] : (['user.offline'] as const)),
    ...((notify & formBits.message) === 0 ? [] : (['message.offline', 'message.client'] as const)),
  ];
}

/** With the account key, the administrator, who may name an app by its token; without, the app itself. */
async function appOwner(call: Call): Promise<{ app: App | undefined; any: boolean }> {
  if (!Object.hasOwn(call.raw, 'key')) return { app: await appCaller(call), any: false };
  await administratorCaller(call);
  return appOfToken(call);
}

async function appOfToken(call: Call): Promise<{ app: App | undefined; any: boolean }> {
  const app = Object.hasOwn(call.raw, 'token') ? await appCaller(call) : undefined;
  return { app, any: true };
}

function appNamed(wanted: number | undefined, { app, any }: { app: App | undefined; any: boolean }): number {
  const chosen = wanted ?? app?.aid;
  if (chosen === undefined) throw new StoaError('BAD_REQUEST', '"aid" must be given.');
  if (!any && chosen !== app?.aid) {
    throw new StoaError('PERMISSION_DENIED', 'An app token can change only its own app.', {
      hint: 'Send the administrator\'s password as "key".',
    });
  }
  return chosen;
}

function appAnswer({ aid, name }: App): Answer {
  return { aid, name };
}

export const appOperations = [appadd, appset, appdel];
