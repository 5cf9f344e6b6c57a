import { limits as protocolLimits, StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { bearerToken } from './administrator-access.ts';
import { limitCalls } from './call-limit.ts';
import { failureOf, setRetryAfter } from './failure.ts';
import type { HttpOptions, MediaSessionDoor } from './http-options.ts';

interface OfRoom {
  readonly Params: { readonly gid: number };
  readonly Querystring: { readonly user?: string; readonly stream?: number };
}
interface OfSession {
  readonly Params: { readonly gid: number; readonly dev: number };
}

const gid = Type.Integer({ minimum: 1, maximum: 0xffff_ffff });
const ofRoom = {
  params: Type.Object({ gid }),
  querystring: Type.Object({
    user: Type.Optional(Type.String({ ...Address })),
    stream: Type.Optional(Type.Integer({ minimum: 0, maximum: protocolLimits.roomStreamNumber })),
  }),
};
const ofSession = { params: Type.Object({ gid, dev: Type.Integer({ minimum: 1, maximum: 2 ** 32 }) }) };

const trickle = 'application/trickle-ice-sdpfrag';

/**
 * Publishing into a room by WHIP (RFC 9725), and watching it by WHEP (draft-ietf-wish-whep), for encoders and players
 * that know nothing of us. Their candidates are not needed, as they reach the server and never the other way round: they
 * are taken and dropped. The media plane cannot restart ICE, so that who changes network opens another session.
 */
export function mediaSessionRoutes(app: FastifyInstance, { media, limits, settings }: HttpOptions): void {
  if (media === undefined) return;
  limitCalls(app, limits);
  app.addContentTypeParser('application/sdp', { parseAs: 'string', bodyLimit: offerBytes }, asText);
  app.addContentTypeParser(trickle, { parseAs: 'string', bodyLimit: offerBytes }, asText);
  app.setErrorHandler((error, request, reply) => {
    const { status, error: failure } = failureOf(error, request);
    return problem(reply, status, failure);
  });
  const root = new URL(settings.publicUrl ?? 'http://x').pathname.replace(/\/$/, '');
  for (const name of ['whip', 'whep'] as const) {
    sessionRoutes(app, media[name], `${root}/rooms`, name);
    otherMethods(app, name);
  }
}

function sessionRoutes(app: FastifyInstance, door: MediaSessionDoor, rooms: string, name: string): void {
  app.post<OfRoom>(`/rooms/:gid/${name}`, { schema: ofRoom }, async (request, reply) => {
    const { body, query } = request;
    const token = tokenOf(bearerToken(request));
    if (typeof body !== 'string' || request.headers['content-type']?.startsWith('application/sdp') !== true) {
      throw new StoaError('BAD_REQUEST', 'The body is to be an offer of the type application/sdp.');
    }
    const { gid: room } = request.params;
    const { dev: session, sdp, links } = await door.open(token, room, body, query);
    if (links.length > 0) reply.header('link', links);
    return reply
      .status(201)
      .headers({
        location: `${rooms}/${room}/${name}/${session}`,
        etag: etagOf(session),
        'accept-patch': trickle,
        'cache-control': 'no-store',
      })
      .type('application/sdp')
      .send(sdp);
  });

  app.patch<OfSession>(`/rooms/:gid/${name}/:dev`, { schema: ofSession }, async (request, reply) => {
    const { gid: room, dev: session } = request.params;
    await door.find(tokenOf(bearerToken(request)), room, session);
    const match = request.headers['if-match'];
    const fragment = String(request.body);
    const refuse = (status: number, message: string, hint: string) =>
      problem(reply, status, new StoaError('BAD_REQUEST', message, { hint }));
    if (request.headers['content-type']?.startsWith(trickle) !== true) {
      return refuse(415, `The body is to be of the type ${trickle}.`, 'Send candidates, or nothing.');
    }
    if (match === undefined) return refuse(428, 'If-Match is missing.', 'Send the ETag of the session.');
    if (match === '*') {
      return refuse(422, 'ICE cannot be restarted.', 'End the session, and open another one.');
    }
    if (match !== etagOf(session))
      return refuse(412, 'If-Match is not the ETag.', 'Send that of the session.');
    if (!/^a=(ice-ufrag|candidate|end-of-candidates|mid)/m.test(fragment)) {
      return refuse(400, 'The body has no candidates.', 'See RFC 8840.');
    }
    return reply.status(204).send();
  });

  app.delete<OfSession>(`/rooms/:gid/${name}/:dev`, { schema: ofSession }, async (request) => {
    const { gid: room, dev: session } = request.params;
    await door.end(tokenOf(bearerToken(request)), room, session);
    return '';
  });
}

function otherMethods(app: FastifyInstance, name: string): void {
  for (const [url, allow] of [
    [`/rooms/:gid/${name}`, 'POST, OPTIONS'],
    [`/rooms/:gid/${name}/:dev`, 'PATCH, DELETE, OPTIONS'],
  ] as const) {
    // Of a browser, and of an encoder or player that asks what there is: it gets no token here.
    app.options(
      url,
      { config: { cors: { strictPreflight: false, preflightContinue: true } } },
      async (_request, reply) =>
        reply
          .status(204)
          .headers({ allow, 'accept-post': 'application/sdp', 'accept-patch': trickle })
          .send(),
    );
    app.route({
      url,
      method: url.endsWith(name) ? ['GET', 'PUT', 'PATCH', 'DELETE'] : ['GET', 'PUT', 'POST'],
      handler: async (_request, reply) => {
        reply.header('allow', allow);
        return problem(
          reply,
          405,
          new StoaError('BAD_REQUEST', 'The method is not for this.', { hint: `Use ${allow}.` }),
        );
      },
    });
  }
}

/** RFC 9457, with our codes. */
function problem(reply: FastifyReply, status: number, error: StoaError): FastifyReply {
  const { code, message, hint } = error;
  setRetryAfter(reply, error);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: message, status, detail: hint, code }));
}

function tokenOf(token: string): string {
  if (token !== '') return token;
  throw new StoaError('BAD_TOKEN', 'No media token came with the request.', {
    hint: 'Send it as "Authorization: Bearer …".',
  });
}

const etagOf = (session: number): string => `"${session.toString(36)}"`;

function asText(_request: unknown, body: string | Buffer, done: (error: null, body: string) => void): void {
  done(null, String(body));
}

const offerBytes = 200_000;
