import { limits, StoaError } from '@stoa/protocol';
import type { App } from '@stoa/storage';
import Type from 'typebox';
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

/** Renames an app: its own back end its own, the administrator any. */
const appset = operation({
  names: ['appset'],
  by: appOwner,
  parameters: Type.Object({ aid: Type.Optional(Aid), name: Name }),
  spellings: { aid, name },
  run: async (parameters, own, { services }) => {
    const app = await services.apps.update(appNamed(parameters.aid, own), { name: parameters.name });
    return { app: appAnswer(app) };
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
