import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { basicPassword, bearerToken, requireAdministrator } from '../administrator-access.ts';
import { limitCalls } from '../call-limit.ts';
import type { HttpOptions } from '../http-options.ts';
import { accessRoutes } from './access.ts';
import { appRoutes } from './apps.ts';
import { deviceRoutes } from './devices.ts';
import { groupJoiningRoutes } from './group-joining.ts';
import { groupRoutes } from './groups.ts';
import { IdempotentCalls } from './idempotency.ts';
import { mediaTokenRoutes } from './media-tokens.ts';
import { messageChangeRoutes } from './message-changes.ts';
import { messageMarkRoutes } from './message-marks.ts';
import { messageRoutes } from './messages.ts';
import { openApi } from './openapi.ts';
import { otpRoutes } from './otps.ts';
import { profileRoutes } from './profiles.ts';
import { recordingRoutes } from './recordings.ts';
import { declareCaller, setCaller, type V1Services } from './route-context.ts';
import { resources } from './schemas.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';
import { webhookRoutes } from './webhooks.ts';

/** The REST API under /v1, described at /v1/openapi.json. */
export function restApi(app: FastifyInstance, options: HttpOptions): void {
  const services: V1Services = { ...options, idempotent: new IdempotentCalls() };
  openApi(app, options.settings.publicUrl);
  for (const resource of resources) app.addSchema(resource);
  declareCaller(app);
  limitCalls(app, options.limits);
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });

  app.register(async (scope) => {
    scope.addHook('onRequest', (request) => requireAdministrator(basicPassword(request), request, options));
    appRoutes(scope.withTypeProvider<TypeBoxTypeProvider>(), services);
  });

  app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => {
      setCaller(request, await options.apps.authenticate(bearerToken(request)));
    });
    const typed = scope.withTypeProvider<TypeBoxTypeProvider>();
    for (const routes of [
      userRoutes,
      profileRoutes,
      tokenRoutes,
      deviceRoutes,
      messageRoutes,
      messageChangeRoutes,
      messageMarkRoutes,
      otpRoutes,
      groupRoutes,
      groupJoiningRoutes,
      mediaTokenRoutes,
      webhookRoutes,
      accessRoutes,
      recordingRoutes,
    ])
      routes(typed, services);
  });
}
