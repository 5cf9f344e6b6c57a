import multipart from '@fastify/multipart';
import { StoaError } from '@stoa/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CompleteFile } from '../../files/index.ts';
import { bearerToken } from '../administrator-access.ts';
import { failure } from '../backend/index.ts';
import { failureOf, setRetryAfter } from '../failure.ts';
import type { HttpOptions } from '../http-options.ts';
import { fileResource } from './file-resource.ts';
import { formLimits } from './whole-uploads.ts';

type Fields = Readonly<Record<string, string>>;

/**
 * Uploads in mesibo's form: `op=upload` and the user token as `auth` or `token`, in the query or in fields before the
 * file, whose own field has any name. The answer has the link as `url` and as `file`, of which applications read one or
 * the other; what is refused is told with `result: false`.
 */
export function mesiboUpload(app: FastifyInstance, { files, users, settings }: HttpOptions): void {
  app.register(multipart, { limits: formLimits });
  app.setErrorHandler((thrown, request, reply) => {
    const { status, error } = failureOf(thrown, request);
    setRetryAfter(reply, error);
    return reply.status(status).send(failure({ op: 'upload' }, error));
  });
  app.post('/files/upload', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request) => {
    const { url } = fileResource(await receive(request), files.links, settings, request);
    return { op: 'upload', result: true, url, file: url };
  });

  async function receive(request: FastifyRequest): Promise<CompleteFile> {
    const fields: Record<string, string> = { ...textFields(request.query) };
    if (!request.isMultipart()) throw new StoaError('BAD_REQUEST', noFile);
    for await (const part of request.parts()) {
      if (part.type === 'field') {
        Object.assign(fields, textFields({ [part.fieldname]: part.value }));
        continue;
      }
      const { op = 'upload', auth = '', token = '', appid } = fields;
      if (op !== 'upload')
        throw new StoaError('UNKNOWN_OPERATION', `There is no operation "${op.slice(0, 64)}" here.`);
      const { user } = await users.authenticate(token || auth || bearerToken(request), appid);
      return files.uploads.receive({ aid: user.aid, uid: user.uid }, part.filename ?? '', part.file);
    }
    throw new StoaError('BAD_REQUEST', noFile);
  }
}

/** Only plain texts: whatever else a query or form may hold means nothing here. */
function textFields(given: unknown): Fields {
  const known = ['op', 'auth', 'token', 'appid'];
  const entries = Object.entries(given ?? {}).flatMap(([name, value]): [string, string][] =>
    known.includes(name) && typeof value === 'string' ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}

const noFile = 'The request must be a form (multipart/form-data) with a file.';
