import Type from 'typebox';
import { rangeOf } from '../range.ts';
import { decodeCursor, defaultLimit, encodeCursor, PageQuery, pageOf } from './paging.ts';
import { Recording, RecordingWithFiles } from './recording-schemas.ts';
import { callerOf, type V1Scope, type V1Services } from './route-context.ts';
import { answers, Nothing, ref } from './schemas.ts';

const tags = ['Recordings'];
const security = [{ appToken: [] }];

const Named = Type.Object({ recording: Type.String({ maxLength: 64, description: 'Its id.' }) });
const FileNamed = Type.Object({
  ...Named.properties,
  file: Type.String({ maxLength: 64, description: 'As the recording lists it.' }),
});
const Query = Type.Object({
  ...PageQuery.properties,
  gid: Type.Optional(Type.Integer({ minimum: 1, description: 'Of this group only.' })),
});

function media(description: string) {
  return { description, content: { 'video/webm': { schema: Type.Unsafe<unknown>({}) } } };
}

/** What was recorded in the rooms of the app's groups. */
export function recordingRoutes(scope: V1Scope, { recordings }: V1Services): void {
  scope.get(
    '/recordings',
    {
      schema: {
        operationId: 'listRecordings',
        summary: 'List recordings of rooms',
        description: 'The newest first. Of several nodes, each lists what is in its own folder.',
        tags,
        security,
        querystring: Query,
        response: answers(200, pageOf(ref(Recording)), 'The recordings.'),
      },
    },
    async (request) => {
      const { limit = defaultLimit, cursor, gid } = request.query;
      const data = await recordings.list(callerOf(request).aid, {
        limit,
        ...(gid === undefined ? {} : { gid }),
        ...(cursor === undefined ? {} : { before: decodeCursor(cursor) }),
      });
      return { data, nextCursor: encodeCursor(data.length === limit ? data.at(-1)?.id : undefined) };
    },
  );

  scope.get(
    '/recordings/:recording',
    {
      schema: {
        operationId: 'getRecording',
        summary: 'Read a recording',
        description: 'With its files: one for each stream that was published.',
        tags,
        security,
        params: Named,
        response: answers(200, ref(RecordingWithFiles), 'The recording.'),
      },
    },
    async (request) => {
      const { files, ...recording } = await recordings.get(callerOf(request).aid, request.params.recording);
      return { ...recording, files: [...files] };
    },
  );

  scope.get(
    '/recordings/:recording/files/:file',
    {
      schema: {
        operationId: 'downloadRecording',
        summary: 'Download a file of a recording',
        description: 'WebM or Matroska, also in parts (`Range`), and while it grows.',
        tags,
        security,
        params: FileNamed,
        response: {
          200: media('The file.'),
          206: media('A part of it.'),
          416: media('It has no such part.'),
          default: answers(200, Nothing, '').default,
        },
      },
    },
    async (request, reply) => {
      const { recording, file } = request.params;
      const { size, open } = await recordings.file(callerOf(request).aid, recording, file);
      const range = rangeOf(request.headers.range, size);
      // Opened before anything is said of it: it may be removed at this moment.
      const content = size === 0 || range === 'unsatisfiable' ? '' : await open(range);
      reply.type(file.endsWith('.mkv') ? 'video/x-matroska' : 'video/webm').header('accept-ranges', 'bytes');
      if (range === 'unsatisfiable')
        return reply.status(416).header('content-range', `bytes */${size}`).send(content);
      if (range === undefined) return reply.header('content-length', size).send(content);
      return reply
        .status(206)
        .header('content-range', `bytes ${range.start}-${range.end}/${size}`)
        .header('content-length', range.end - range.start + 1)
        .send(content);
    },
  );

  scope.delete(
    '/recordings/:recording',
    {
      schema: {
        operationId: 'deleteRecording',
        summary: 'Remove a recording',
        description: 'With all its files; what still goes on is lost.',
        tags,
        security,
        params: Named,
        response: answers(204, Nothing, 'The recording is gone.'),
      },
    },
    async (request, reply) => {
      await recordings.remove(callerOf(request).aid, request.params.recording);
      return reply.status(204).send(null);
    },
  );
}
