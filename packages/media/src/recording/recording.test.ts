import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LocalEngine, WorkerEngine } from '../engine/index.ts';
import type { MediaEngine, OfferedStream } from '../engine/media-engine.ts';
import { TestPublisher, untilUp } from '../testing/test-client.ts';
import { until } from '../testing/until.ts';
import type { RecordingManifest } from './manifest.ts';

const connections = { bindAddress: '127.0.0.1' };
const camera: OfferedStream = { mid: '0', kind: 'camera', name: 'cam' };
const microphone: OfferedStream = { mid: '1', kind: 'microphone', name: 'mic' };

let directory: string;
const clients: { close(): void }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stoa-recording-'));
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(() => rm(directory, { recursive: true }));

async function publish(engine: MediaEngine, room: string, participant: string, streams: OfferedStream[]) {
  await engine.permit(room, participant, ['camera', 'microphone']);
  const client = await untilUp(async () => {
    const opened = await TestPublisher.open(streams);
    clients.push(opened);
    opened.accept((await engine.publish(room, participant, opened.offer)).sdp);
    return opened;
  });
  client.start();
  return client;
}

/** Milliseconds of all frames of a file. */
async function timesOf(path: string): Promise<number[]> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const [track] = await input.getTracks();
    if (track === undefined) return [];
    const times: number[] = [];
    for await (const { timestamp } of new EncodedPacketSink(track).packets()) {
      times.push(Math.round(timestamp * 1000));
    }
    return times;
  } finally {
    input.dispose();
  }
}

async function manifestOf(recording: string): Promise<RecordingManifest> {
  return JSON.parse(await readFile(join(recording, 'manifest.json'), 'utf8')) as RecordingManifest;
}

describe('a recording', () => {
  let engine: LocalEngine;

  beforeAll(() => {
    engine = new LocalEngine(connections);
  });

  afterAll(() => engine.close());

  it('has a file of each stream, on one clock, and a manifest', async () => {
    const recording = join(directory, 'both');
    await engine.createRoom('room');
    await engine.record('room', recording);
    await expect(engine.record('room', join(directory, 'again'))).rejects.toMatchObject({ code: 'CONFLICT' });
    await publish(engine, 'room', 'alice', [camera, microphone]);
    const heard = async () => {
      const { participants } = await engine.statistics('room');
      const streams = participants.flatMap(({ publishing }) => publishing?.streams ?? []);
      return streams.length === 2 && streams.every(({ layers }) => (layers[0]?.packets ?? 0) > 60);
    };
    await until(heard);
    await until(async () => {
      const { tracks } = await manifestOf(recording);
      return tracks.length === 2;
    });
    const manifest = await engine.stopRecording('room');
    expect(await manifestOf(recording)).toEqual(manifest);
    expect(manifest).toMatchObject({ version: 1, room: 'room', endedAt: expect.any(Number) });
    const [video, sound] = [...manifest.tracks].sort((a, b) => a.kind.localeCompare(b.kind));
    expect(video).toMatchObject({
      stream: 'alice/cam',
      codec: 'VP8',
      width: 640,
      height: 360,
      lostPackets: 0,
    });
    expect(sound).toMatchObject({ stream: 'alice/mic', codec: 'opus', participant: 'alice', lostPackets: 0 });
    for (const track of [video, sound]) {
      if (track === undefined) throw new Error('A track is missing.');
      const times = await timesOf(join(recording, track.file));
      expect(times).toHaveLength(track.frames);
      expect(times[0]).toBe(0);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      // They were made every ten milliseconds; a report that was quicker than those before corrects the clock.
      expect(Math.abs((times.at(-1) ?? 0) - (times.length - 1) * 10)).toBeLessThan(150);
      expect(track.endMs).toBe(track.startMs + (times.at(-1) ?? 0));
    }
    // Both were sent together from the first on.
    expect(Math.abs((video?.startMs ?? 0) - (sound?.startMs ?? 1000))).toBeLessThan(150);
    await expect(engine.stopRecording('room')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await engine.closeRoom('room');
  });

  it('leaves out what is muted, and goes on in the same file by another connection', async () => {
    const recording = join(directory, 'gap');
    await engine.createRoom('room');
    const first = await publish(engine, 'room', 'alice', [microphone]);
    await engine.record('room', recording);
    const frames = async () => {
      const { tracks } = await manifestOf(recording);
      if (tracks[0] === undefined) return 0;
      return (await stat(join(recording, tracks[0].file))).size;
    };
    await until(async () => (await frames()) > 300);
    await engine.mute('room', 'alice/mic', true);
    const refused = async () => {
      const { participants } = await engine.statistics('room');
      return participants[0]?.publishing?.streams[0]?.refused ?? 0;
    };
    const before = await refused();
    await until(async () => (await refused()) > before + 30);
    await engine.mute('room', 'alice/mic', false);
    first.close();
    await publish(engine, 'room', 'alice', [{ ...microphone, mid: '5' }]);
    const size = await frames();
    await until(async () => (await frames()) > size + 300);
    await engine.closeRoom('room');
    const { tracks, endedAt } = await manifestOf(recording);
    expect(endedAt).not.toBeNull();
    expect(tracks).toHaveLength(1);
    const times = await timesOf(join(recording, tracks[0]?.file ?? ''));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(300);
  });
});

it('a recording plays up to the end of the process that made it', async () => {
  const engine = new WorkerEngine({ ...connections, workers: 1 });
  try {
    const recording = join(directory, 'killed');
    await engine.createRoom('room');
    await engine.record('room', recording);
    await publish(engine, 'room', 'alice', [camera, microphone]);
    await until(async () => {
      const { tracks } = await manifestOf(recording);
      const sizes = await Promise.all(
        tracks.map(async ({ file }) => (await stat(join(recording, file))).size),
      );
      return sizes.length === 2 && sizes.every((size) => size > 1500);
    });
    for (const pid of engine.pids) process.kill(pid, 'SIGKILL');
    const { tracks, endedAt } = await manifestOf(recording);
    expect(endedAt).toBeNull();
    for (const { file, endMs } of tracks) {
      expect(endMs).toBeNull();
      const times = await timesOf(join(recording, file));
      // Little more than a second of sound of a few bytes, all of it but what was on its way.
      expect(times.length).toBeGreaterThan(50);
    }
  } finally {
    await engine.close();
  }
});
