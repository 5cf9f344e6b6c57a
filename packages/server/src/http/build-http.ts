import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { backendApi } from './backend/index.ts';
import { requireBodyRoom } from './body-room.ts';
import { endConnectionsOnClose } from './closing.ts';
import { demoRoutes } from './demo.ts';
import { failureOf, sendFailure, unknownRoute } from './failure.ts';
import { fileRoutes } from './files/index.ts';
import { healthRoutes } from './health.ts';
import type { HttpOptions } from './http-options.ts';
import { endLateBodies } from './late-bodies.ts';
import { lazySerializers } from './lazy-serializers.ts';
import { answerMalformed } from './malformed.ts';
import { mediaSessionRoutes } from './media-sessions.ts';
import { mesiboScript } from './mesibo-script.ts';
import { observeRequests } from './observe.ts';
import { pushActionRoute } from './push-action-route.ts';
import { secure } from './security.ts';
import { socketRoute } from './socket-route.ts';
import { restApi } from './v1/index.ts';
import { validatorCompiler } from './validators.ts';
import { webApp } from './web-app.ts';

/** Characters of one path segment: an address may be 63 of them, each up to twelve when it is percent-encoded. */
const maxParamLength = 1_024;

/** The longest upload in one request. Of settings.requestSeconds the largest value. */
const longestRequestMs = 3_600_000;

/** How often it is looked whether a request is late; by default Node does so every 30 seconds. */
const checkMs = 1_000;

/**
 * The HTTP doors of a node: back-end APIs, REST API, health, metrics, mesibo.js and the web applications. The
 * composition root calls `listen`, and hangs the socket door on `server`.
 */
export function buildHttp(options: HttpOptions): FastifyInstance {
  const { settings, limits, metrics, logger } = options;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIds(),
    serverFactory: (handler) => serverFor(handler, settings),
    bodyLimit: settings.requestBytes,
    routerOptions: { maxParamLength },
    schemaController: { compilersFactory: { buildSerializer: lazySerializers } },
    clientErrorHandler: answerMalformed,
    trustProxy: (address) => limits.isTrustedProxy(address),
    frameworkErrors: (error, request, reply) => {
      sendFailure(reply, failureOf(error, request));
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler((error, request, reply) => sendFailure(reply, failureOf(error, request)));
  app.setNotFoundHandler((request, reply) => sendFailure(reply, unknownRoute(request)));

  secure(app, settings);
  observeRequests(app, metrics, limits);
  endLateBodies(app, settings.requestSeconds);
  requireBodyRoom(app, limits, settings.requestBytes);
  endConnectionsOnClose(app);
  healthRoutes(app, options);
  socketRoute(app);
  mesiboScript(app, options);
  webApp(app, options);
  app.register(async (scope) => fileRoutes(scope, options));
  app.register(async (scope) => pushActionRoute(scope, options));
  app.register(async (scope) => mediaSessionRoutes(scope, options));
  app.register(async (scope) => backendApi(scope, options));
  app.register(async (scope) => restApi(scope, options), { prefix: '/v1' });
  app.register(async (scope) => demoRoutes(scope, options));
  return app;
}

function serverFor(handler: RequestListener, { tls, requestSeconds }: HttpOptions['settings']): Server {
  const options = {
    headersTimeout: requestSeconds * 1000,
    // Bodies have a time of their own (see endLateBodies).
    requestTimeout: longestRequestMs,
    keepAliveTimeout: 72_000,
    connectionsCheckingInterval: checkMs,
  };
  return tls === null
    ? createServer(options, handler)
    : createSecureServer({ ...options, cert: tls.cert, key: tls.key }, handler);
}

/** Short ids, unique among restarts: a random beginning and a count. */
function requestIds(): () => string {
  const start = randomBytes(4).toString('hex');
  let count = 0;
  return () => `${start}-${(count++).toString(36)}`;
}
