/** Resources of the REST API that are about recordings of rooms. */
import Type from 'typebox';

const summary = {
  id: '20260101T101500000Z-3f2a9c1b7d5e8f0a42',
  gid: 1000,
  name: 'Team',
  by: 'alice',
  startedAt: 1767262500000,
  endedAt: 1767264300000,
};

const properties = {
  id: Type.String({ description: 'Names it; later recordings sort behind it.' }),
  gid: Type.Integer({ minimum: 1, description: 'The group whose room was recorded.' }),
  name: Type.String({ description: 'Of the group, when the recording began.' }),
  by: Type.String({ description: 'Address of who began it.' }),
  startedAt: Type.Integer({ minimum: 0, description: 'In milliseconds since 1970.' }),
  endedAt: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'Null while it goes on, and when the node ended before it did.',
  }),
};

export const Recording = Type.Object(properties, { $id: 'Recording', examples: [summary] });

const File = Type.Object({
  file: Type.String({ description: 'Its name, for the download.' }),
  user: Type.String({ description: 'Address of who published it.' }),
  name: Type.String({ description: 'His name in the room.' }),
  kind: Type.Union(
    [Type.Literal('camera'), Type.Literal('microphone'), Type.Literal('screen'), Type.Literal('screenSound')],
    { description: 'What it is of.' },
  ),
  codec: Type.String({ description: 'As its publisher sent it: opus, VP8, VP9, H264 or AV1.' }),
  startMs: Type.Integer({ description: 'Where it begins, in milliseconds of the recording.' }),
  endMs: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Where it ends; null when nobody could write that down any more: it plays all the same.',
  }),
  width: Type.Integer({ minimum: 0, description: 'Pixels of its first picture; 0 for sound.' }),
  height: Type.Integer({ minimum: 0, description: 'Pixels of its first picture; 0 for sound.' }),
  lostPackets: Type.Integer({ minimum: 0, description: 'What did not come from its publisher.' }),
});

export const RecordingWithFiles = Type.Object(
  { ...properties, files: Type.Array(File, { description: 'A file for each stream.' }) },
  {
    $id: 'RecordingWithFiles',
    examples: [
      {
        ...summary,
        files: [
          {
            file: '1-1-camera.webm',
            user: 'alice',
            name: 'Alice',
            kind: 'camera',
            codec: 'VP8',
            startMs: 12,
            endMs: 1799950,
            width: 1280,
            height: 720,
            lostPackets: 0,
          },
        ],
      },
    ],
  },
);

export const recordingResources = [Recording, RecordingWithFiles] as const;
