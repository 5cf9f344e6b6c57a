import { StoaError } from '@stoa/protocol';
import type { User } from '@stoa/storage';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CompleteFile } from '../../files/index.ts';
import { bearerToken } from '../administrator-access.ts';
import { failure } from '../backend/index.ts';
import { failureOf, setRetryAfter } from '../failure.ts';
import type { HttpOptions } from '../http-options.ts';
import { fileResource } from './file-resource.ts';
import { takeForms } from './form-bodies.ts';

type Fields = Readonly<Partial<Record<(typeof known)[number], string>>>;

const known = ['op', 'auth', 'token', 'appid', 'profile', 'gid', 'delete'] as const;

/** What a form has said when all of it was read. */
interface Form {
  readonly user: User;
  readonly fields: Fields;
  readonly file: CompleteFile | undefined;
}

/**
 * Uploads in mesibo's form: `op=upload` and the user token as `auth` or `token`, in the query or in fields before the
 * file, whose own field has any name. The answer has the link as `url` and as `file`, of which applications read one or
 * the other; what is refused is told with `result: false`. With `profile=1` the file becomes the picture of the user, or of the
 * group `gid`; with `delete=1` as well, and no file, that is removed.
 */
export function mesiboUpload(app: FastifyInstance, options: HttpOptions): void {
  const { files, users, settings, profiles, groups } = options;
  takeForms(app);
  app.setErrorHandler((thrown, request, reply) => {
    const { status, error } = failureOf(thrown, request);
    setRetryAfter(reply, error);
    return reply.status(status).send(failure({ op: 'upload' }, error));
  });
  app.post(
    '/files/upload',
    { bodyLimit: Number.MAX_SAFE_INTEGER, config: { takesFile: true } },
    async (request) => {
      const { user, fields, file } = await read(request);
      const isPicture = isOn(fields.profile);
      if (file === undefined && !(isPicture && isOn(fields.delete)))
        throw new StoaError('BAD_REQUEST', noFile);
      const url = file && fileResource(file, files.links, settings, request).url;
      if (!isPicture) return { op: 'upload', result: true, url, file: url };
      const gid = groupIn(fields);
      await setPicture(user, gid, file && { id: file.id, url: url ?? '' });
      return {
        op: 'upload',
        result: true,
        profile: 1,
        gid,
        ...(url === undefined ? {} : { url, file: url }),
      };
    },
  );

  async function read(request: FastifyRequest): Promise<Form> {
    const fields: Record<string, string> = { ...textFields(request.query) };
    let user: User | undefined;
    let file: CompleteFile | undefined;
    if (request.isMultipart()) {
      for await (const part of request.parts()) {
        if (part.type === 'field') Object.assign(fields, textFields({ [part.fieldname]: part.value }));
        else {
          user = await authenticate(fields, request);
          const uploader = { aid: user.aid, uid: user.uid };
          file = await files.uploads.receive(uploader, part.filename ?? '', part.file);
        }
      }
    }
    return { user: user ?? (await authenticate(fields, request)), fields, file };
  }

  async function authenticate(fields: Fields, request: FastifyRequest): Promise<User> {
    const { op = 'upload', auth = '', token = '', appid } = fields;
    if (op !== 'upload')
      throw new StoaError('UNKNOWN_OPERATION', `There is no operation "${op.slice(0, 64)}" here.`);
    return (await users.authenticate(token || auth || bearerToken(request), appid)).user;
  }

  async function setPicture(user: User, gid: number, picture: { id: string; url: string } | undefined) {
    const { aid, uid, address } = user;
    if (gid > 0) await groups.groups.update({ aid, uid, address }, gid, { image: picture?.url ?? '' });
    else
      await profiles.setOwn(
        { aid, uid, address, dev: 0 },
        { picture: picture === undefined ? {} : { id: picture.id } },
      );
  }
}

/** Only plain texts: whatever else a query or form may hold means nothing here. */
function textFields(given: unknown): Fields {
  const entries = Object.entries(given ?? {}).filter(
    ([name, value]) => (known as readonly string[]).includes(name) && typeof value === 'string',
  );
  return Object.fromEntries(entries);
}

const isOn = (value: string | undefined): boolean => value === '1' || value === 'true';

function groupIn({ gid = '0' }: Fields): number {
  if (/^\d{0,10}$/.test(gid) && Number(gid) <= 0xffff_ffff) return Number(gid);
  throw new StoaError('BAD_REQUEST', '"gid" must be the id of a group, or 0.');
}

const noFile = 'The request must be a form (multipart/form-data) with a file.';
