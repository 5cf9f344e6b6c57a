import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isInstalled } from '@stoa/testkit';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VideoCodec } from '../codecs/codecs.ts';
import { SenderClock } from '../forwarding/sender-clock.ts';
import { Source } from '../forwarding/source.ts';
import { ntpFromUnix } from '../rtcp/ntp.ts';
import { av1Obus, h264Units } from '../testing/encoded-pictures.ts';
import { rtpPacket } from '../testing/packets.ts';
import { receive } from '../testing/publisher.ts';
import { TrackRecording } from './track-recording.ts';

const run = promisify(execFile);
const startedAt = 1_000_000;
const frameMs = 100;
const patience = { timeout: 20_000 };
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stoa-codecs-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** The payloads of the packets of each of three pictures. */
const h264Pictures = [
  [aggregated(h264Units.sequence, h264Units.picture), ...fragments(h264Units.key)],
  ...h264Units.deltas.map((unit) => [unit]),
];
const av1Pictures = [
  // Three elements in a new sequence; the last goes on in the next packet.
  [
    Uint8Array.of(
      0x78,
      ...[1, ...av1Obus.delimiter],
      ...[av1Obus.sequence.length, ...av1Obus.sequence],
      ...av1Obus.key.subarray(0, 10),
    ),
    Uint8Array.of(0x90, ...av1Obus.key.subarray(10)),
  ],
  ...av1Obus.deltas.map((obu) => [Uint8Array.of(0x10, ...obu)]),
];

function aggregated(...units: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.of(0x78, ...units.flatMap((unit) => [0, unit.length, ...unit]));
}

function fragments(unit: Uint8Array): Uint8Array[] {
  const [header = 0] = unit;
  const half = Math.ceil(unit.length / 2);
  const indicator = (header & 0xe0) | 28;
  return [
    Uint8Array.of(indicator, 0x80 | (header & 0x1f), ...unit.subarray(1, half)),
    Uint8Array.of(indicator, 0x40 | (header & 0x1f), ...unit.subarray(half)),
  ];
}

/** Records pictures that come every tenth of a second, and answers what the manifest says of them, and what failed. */
async function record(codec: VideoCodec, pictures: readonly (readonly Uint8Array[])[], into = directory) {
  const source = new Source({ ssrc: 7, codec, rid: '', stream: 'cam', clock: new SenderClock() });
  const errors: unknown[] = [];
  const recording = new TrackRecording({
    directory: into,
    nextName: () => codec,
    startedAt,
    onChange: () => {},
    onError: (error) => errors.push(error),
  });
  const report = { ssrc: 7, ntpMs: ntpFromUnix(startedAt), timestamp: 0, packets: 0, bytes: 0, reports: [] };
  source.addSenderReport({ type: 'senderReport', ...report }, startedAt);
  let sequence = 0;
  for (const [picture, payloads] of pictures.entries()) {
    const now = startedAt + picture * frameMs;
    for (const [index, payload] of payloads.entries()) {
      sequence += 1;
      const marker = index === payloads.length - 1;
      const place = { ssrc: 7, sequence, timestamp: picture * frameMs * 90, marker };
      const packet = receive(source, rtpPacket({ ...place, payload }), now);
      if (packet !== undefined) recording.take(source, packet, now);
    }
    recording.tick(now);
    if (into !== directory) await expect.poll(() => errors.length, patience).toBe(1);
  }
  await recording.close();
  return { tracks: recording.tracks, source, errors };
}

async function read(path: string) {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error('There is no picture.');
    const frames: { readonly ms: number; readonly isKey: boolean }[] = [];
    for await (const { timestamp, type } of new EncodedPacketSink(track).packets()) {
      frames.push({ ms: Math.round(timestamp * 1000), isKey: type === 'key' });
    }
    return { config: await track.getDecoderConfig(), frames };
  } finally {
    input.dispose();
  }
}

it.each([
  { codec: 'H264', pictures: h264Pictures, file: 'H264.mkv', named: /^avc1\.42c00a$/ },
  { codec: 'AV1', pictures: av1Pictures, file: 'AV1.webm', named: /^av01\.0\.00M\.08/ },
] as const)(
  'recordings of $codec say their size and what decoders need, and last until the last picture',
  async ({ codec, pictures, file, named }) => {
    const { tracks, source, errors } = await record(codec, pictures);
    expect(errors).toEqual([]);
    const size = { width: 64, height: 48 };
    expect(source).toMatchObject(size);
    expect(tracks).toEqual([{ file, codec, ...size, startMs: 0, endMs: 200, frames: 3, lostPackets: 0 }]);
    const path = join(directory, file);
    const { config, frames } = await read(path);
    expect(config).toMatchObject({ codedWidth: 64, codedHeight: 48, codec: expect.stringMatching(named) });
    expect(frames).toEqual([0, 100, 200].map((ms) => ({ ms, isKey: ms === 0 })));
    if (!isInstalled('ffmpeg')) return;
    const decode = ['-v', 'error', '-i', path, '-fps_mode', 'passthrough', '-f', 'framecrc', '-'];
    const { stdout, stderr } = await run('ffmpeg', decode);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => line.startsWith('0,'))).toHaveLength(3);
  },
);

it('no file begins before a key frame that says what it is', async () => {
  const broken = [aggregated(Uint8Array.of(0x67, 1), h264Units.picture), ...fragments(h264Units.key)];
  const { tracks } = await record('H264', [broken, ...h264Pictures.slice(1)]);
  expect(tracks).toEqual([]);
});

it('a file that cannot be written fails once, and asks its publisher for nothing', async () => {
  const pictures = [...h264Pictures, ...h264Pictures];
  const { tracks, source, errors } = await record('H264', pictures, join(directory, 'missing'));
  expect(errors).toHaveLength(1);
  expect(tracks).toHaveLength(1);
  expect(source.keyFrames.due(startedAt + 60_000)).toBe(false);
});
