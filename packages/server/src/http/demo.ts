import { limits, StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import type { App } from '@stoa/storage';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { limitCalls } from './call-limit.ts';
import type { HttpOptions } from './http-options.ts';
import { isLocalUrl, originOf } from './origin.ts';

const Login = Type.Object({
  address: Address,
  name: Type.Optional(Type.String({ maxLength: limits.nameLength })),
});

/** Users shown on the sign-in page. */
const usersShown = 100;
const tokenMinutes = 30 * 24 * 60;

/**
 * Sign-in for the first page: anybody becomes any user of the first app, without a password. That is insecure by
 * design, so it is open to this machine only while the server has no public address, unless the setting `demo` says
 * otherwise. Other origins are refused always: a web page elsewhere must not get a token through its visitor's browser.
 */
export function demoRoutes(app: FastifyInstance, options: HttpOptions): void {
  const { apps, users, settings } = options;
  limitCalls(app, options.limits);
  app.addHook('onRequest', async (request) => requireDemo(request, options));

  app.post<{ Body: Static<typeof Login> }>('/demo/login', { schema: { body: Login } }, async (request) => {
    const { aid } = await firstApp();
    const { user } = await users.add(aid, request.body);
    const { token } = await users.tokens.issue(user, null, tokenMinutes);
    const { uid, address, name } = user;
    return { token, uid, address, name, server: settings.publicUrl ?? originOf(request) };
  });

  app.get('/demo/users', async () => {
    const { aid } = await firstApp();
    const page = await users.list(aid, { limit: usersShown });
    return {
      users: page.users.filter(({ active }) => active).map(({ address, name }) => ({ address, name })),
    };
  });

  async function firstApp(): Promise<App> {
    const [first] = await apps.list();
    if (first === undefined) throw new StoaError('NOT_FOUND', 'There is no app to sign in to.');
    return first;
  }
}

function requireDemo(request: FastifyRequest, options: HttpOptions): void {
  const { demo, publicUrl } = options.settings;
  const hint = 'Set STOA_DEMO=on to open the demo to everybody who can reach this server.';
  if (demo === 'off' || (demo === 'auto' && publicUrl !== null && !isLocalUrl(publicUrl))) {
    throw new StoaError('PERMISSION_DENIED', 'The demo sign-in is switched off on this server.', { hint });
  }
  const origin = originOf(request);
  if (demo === 'auto' && !(options.limits.clientOf(request.raw).local && isLocalUrl(origin))) {
    throw new StoaError('PERMISSION_DENIED', 'The demo sign-in is open only on the machine of the server.', {
      hint,
    });
  }
  const asking = request.headers.origin;
  if (asking !== undefined && asking !== origin && asking !== publicUrl) {
    throw new StoaError('PERMISSION_DENIED', 'The demo sign-in does not serve pages of other origins.', {
      hint: 'Open the first page of this server itself, or create users with the back-end API.',
    });
  }
}
