import { Readable } from 'node:stream';
import { limits, StoaError } from '@stoa/protocol';
import { FileId } from '@stoa/protocol/validate';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { HttpOptions } from '../http-options.ts';
import { uploaderOf } from './uploader.ts';

const version = '1.0.0';
const pieceType = 'application/offset+octet-stream';
const Upload = Type.Object({ id: FileId });
type UploadRoute = { Params: Static<typeof Upload> };

/**
 * Resumable uploads by the tus protocol 1.0.0 with its extensions creation and termination. The id of an upload is that
 * of its file. Bytes are acknowledged once they are on disk and synced.
 */
export function resumableUploads(app: FastifyInstance, { files, users }: HttpOptions): void {
  const { uploads } = files;
  const schema = { params: Upload };
  // The body stays a stream, for the handler to read.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(pieceType, (_request, body, done) => done(null, body));
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('tus-resumable', version);
    if (request.headers['tus-resumable'] === version) return undefined;
    const error = new StoaError('UNSUPPORTED_VERSION', `"Tus-Resumable" must be ${version}.`);
    const { code, message, hint } = error;
    return reply.status(412).header('tus-version', version).send({ error: { code, message, hint } });
  });

  app.post('/files/uploads', async (request, reply) => {
    const uploader = await uploaderOf(request, users);
    const size = wholeNumber(request, 'upload-length');
    const file = await uploads.begin(uploader, { name: fileName(request), size });
    if (size === 0) await uploads.append(file, 0, Readable.from([]));
    return reply.status(201).header('location', `/files/uploads/${file.id}`).send();
  });

  app.head<UploadRoute>('/files/uploads/:id', { schema }, async (request, reply) => {
    const file = await own(request);
    const offset = await uploads.offset(file);
    return reply.headers({ 'upload-offset': offset, 'upload-length': file.size }).send();
  });

  app.patch<UploadRoute>(
    '/files/uploads/:id',
    { schema, bodyLimit: Number.MAX_SAFE_INTEGER, config: { takesFile: true } },
    async (request, reply) => {
      const file = await own(request);
      if (!(request.body instanceof Readable)) {
        throw new StoaError('BAD_REQUEST', `The content type of a piece must be ${pieceType}.`);
      }
      const offset = await uploads.append(file, wholeNumber(request, 'upload-offset'), request.body);
      return noContent(reply.header('upload-offset', offset));
    },
  );

  app.delete<UploadRoute>('/files/uploads/:id', { schema }, async (request, reply) => {
    const file = await own(request);
    // A message may name a complete file already.
    if (file.sha256 !== null) throw new StoaError('CONFLICT', 'The upload is complete.');
    await uploads.abandon(file.id);
    return noContent(reply);
  });

  async function own(request: FastifyRequest<UploadRoute>) {
    const { uid } = await uploaderOf(request, users);
    return uploads.find(uid, request.params.id);
  }
}

const noContent = (reply: FastifyReply): FastifyReply => reply.status(204).send();

function wholeNumber({ headers }: FastifyRequest, name: 'upload-length' | 'upload-offset'): number {
  const text = headers[name];
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw new StoaError('BAD_REQUEST', `"${name}" must be a whole number of bytes.`);
}

/** `filename` of the metadata, which are pairs of a name and a value in base64. */
function fileName({ headers }: FastifyRequest): string {
  const metadata = String(headers['upload-metadata'] ?? '').slice(0, 64 * limits.fileNameLength);
  const encoded = /(?:^|,)\s*filename ([A-Za-z0-9+/=]*)/.exec(metadata)?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8');
}
