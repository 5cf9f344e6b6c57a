import swagger from '@fastify/swagger';
import { codes } from '@stoa/protocol';
import type { FastifyInstance } from 'fastify';

const errorTable = Object.entries(codes)
  .map(([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`)
  .join('\n');

const description = `The API with which the back end of an application manages its users and sends messages.

Send the app token as \`Authorization: Bearer …\`; the routes under /v1/apps want HTTP Basic authentication as the user \`admin\` instead. Lists are paged by cursor. POST requests can be repeated safely with an \`Idempotency-Key\`. Failures are answered with \`{"error": {"code", "message", "hint"}}\`:

| Code | Status | Meaning |
| --- | --- | --- |
${errorTable}`;

/** Collects the OpenAPI document from the schemas of the routes that are added to this scope afterwards. */
export function openApi(app: FastifyInstance, publicUrl: string | null): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Stoa REST API', version: '1.0.0', description },
      servers: [{ url: publicUrl ?? '/' }],
      components: {
        securitySchemes: {
          appToken: { type: 'http', scheme: 'bearer', description: 'The secret token of the app.' },
          administrator: {
            type: 'http',
            scheme: 'basic',
            description: "The user `admin` with the administrator's password.",
          },
        },
      },
    },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'no-cache');
    return app.swagger();
  });
}
