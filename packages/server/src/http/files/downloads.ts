import { StoaError } from '@stoa/protocol';
import { FileId } from '@stoa/protocol/validate';
import { create as disposition } from 'content-disposition';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { type CompleteFile, isComplete, isShown, linkSeconds } from '../../files/index.ts';
import { headerList } from '../../header-list.ts';
import type { HttpOptions } from '../http-options.ts';
import { rangeOf } from '../range.ts';

const Params = Type.Object({ id: FileId, name: Type.String() });
const Query = Type.Object({
  expires: Type.Optional(Type.String({ maxLength: 16 })),
  signature: Type.Optional(Type.String({ maxLength: 64 })),
});
type Route = { Params: Static<typeof Params>; Querystring: Static<typeof Query> };

/**
 * Downloads by link. Nothing that somebody uploaded runs in our origin: only pictures, audio and video are shown, all
 * else is to be saved; the type is not guessed, and the sandbox takes away scripts and origin. A store may send browsers to
 * itself: then it is another origin that shows or saves the same.
 */
export function downloadRoutes(app: FastifyInstance, { files }: HttpOptions): void {
  app.route<Route>({
    // The HEAD that fastify would make of GET reads the file, and loses its length.
    method: ['GET', 'HEAD'],
    exposeHeadRoute: false,
    url: '/files/:id/:name',
    schema: { params: Params, querystring: Query },
    helmet: { contentSecurityPolicy: sandbox },
    handler: async (request, reply) => {
      const { id } = request.params;
      files.links.check(id, request.query);
      const file = await files.find(id);
      if (file === undefined || !isComplete(file)) throw new StoaError('NOT_FOUND', 'The file is gone.');
      return send(file, request, reply);
    },
  });

  async function send(
    file: CompleteFile,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { id, name, mime, size, sha256 } = file;
    const tag = `"${Buffer.from(sha256).toString('base64url')}"`;
    const { headers } = request;
    const contentType = mime === 'text/plain' ? 'text/plain; charset=utf-8' : mime;
    const shown = disposition(name, { type: isShown(mime) ? 'inline' : 'attachment' });
    // A link of a store is good for the method for which it was signed.
    const elsewhere =
      request.method === 'GET'
        ? await files.store.link?.(id, { contentType, disposition: shown })
        : undefined;
    if (elsewhere !== undefined) {
      return reply.header('cache-control', `private, max-age=${linkSeconds / 2}`).redirect(elsewhere);
    }
    reply.headers({
      etag: tag,
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-disposition': shown,
      'x-content-type-options': 'nosniff',
    });
    if (headerList(headers['if-none-match']).includes(tag)) return reply.status(304).send();
    reply.type(contentType);
    const isSame = headers['if-range'] === undefined || headers['if-range'] === tag;
    const range = isSame ? rangeOf(headers.range, size) : undefined;
    if (range === 'unsatisfiable') {
      return reply
        .status(416)
        .removeHeader('content-disposition')
        .type('text/plain')
        .header('cache-control', 'no-store')
        .header('content-range', `bytes */${size}`)
        .send('');
    }
    if (range !== undefined) {
      reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
    }
    reply.header('content-length', range === undefined ? size : range.end - range.start + 1);
    return reply.send(request.method === 'HEAD' ? '' : await files.store.open(id, range));
  }
}

const sandbox = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    imgSrc: ["'self'"],
    mediaSrc: ["'self'"],
    styleSrc: ["'unsafe-inline'"],
    sandbox: [],
  },
};
