import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { EncodedPacketSink, FilePathSource, Input, WEBM } from 'mediabunny';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VideoCodec } from '../codecs/codecs.ts';
import { LocalEngine } from '../engine/index.ts';
import { TrackFile } from '../recording/track-file.ts';
import { FilePlayer } from './file-player.ts';

const bindAddress = '127.0.0.1';
const streams = [
  { mid: '0', kind: 'microphone', name: 'sound' },
  { mid: '1', kind: 'camera', name: 'picture' },
] as const;
const frames = 30;
const frameMs = 20;

let directory: string;
let engine: LocalEngine;
let files: { readonly opus: string; readonly VP8: string; readonly VP9: string };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stoa-player-'));
  engine = new LocalEngine({ bindAddress });
  files = { opus: await makeFile('opus'), VP8: await makeFile('VP8'), VP9: await makeFile('VP9') };
});

afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true });
});

/** A file of made-up frames; of pictures, the first is a key frame. */
async function makeFile(codec: 'opus' | Extract<VideoCodec, 'VP8' | 'VP9'>): Promise<string> {
  const path = join(directory, `${codec}.webm`);
  const format =
    codec === 'opus'
      ? { codec }
      : {
          codec,
          picture: { width: 320, height: 180, codecString: codec === 'VP8' ? 'vp8' : 'vp09.00.31.08' },
        };
  const file = new TrackFile(path, format, (error) => {
    throw error;
  });
  for (let index = 0; index < frames; index += 1)
    file.write(frame(codec, index), isKey(codec, index), index * frameMs);
  await file.close();
  return path;
}

const isKey = (codec: string, index: number): boolean => codec === 'opus' || index === 0;

function frame(codec: string, index: number): Uint8Array {
  const data = Buffer.alloc(codec === 'opus' ? 80 : 2500, index);
  // RFC 6386, section 9.1: the lowest bit says that it is no key frame; start code and size follow in one.
  if (codec === 'VP8') data.set(index === 0 ? [0x10, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0] : [0x11]);
  return data;
}

async function framesOf(path: string) {
  const input = new Input({ source: new FilePathSource(path), formats: [WEBM] });
  try {
    const [track] = await input.getTracks();
    const found: { data: Buffer; atMs: number }[] = [];
    if (track === undefined) return found;
    for await (const { data, timestamp } of new EncodedPacketSink(track).packets()) {
      found.push({ data: Buffer.from(data), atMs: Math.round(timestamp * 1000) });
    }
    return found;
  } finally {
    input.dispose();
  }
}

/** Packets of all streams of a room; those of lost ones too, which are asked for again. A frame of pictures takes three. */
async function arrived(room: string): Promise<number> {
  const { participants } = await engine.statistics(room);
  const streams = participants.flatMap(({ publishing }) => publishing?.streams ?? []);
  return streams.flatMap(({ layers }) => layers).reduce((sum, { packets }) => sum + packets, 0);
}

/** A player that has played all of its files; another one when the handshake of the first got lost (see `untilUp`). */
async function played(codec: 'VP8' | 'VP9') {
  for (let attempt = 1; ; attempt += 1) {
    const player = await FilePlayer.open([files.opus, files[codec]], { bindAddress });
    const forget = engine.onEvent((event) => {
      if (event.type === 'connection' && event.state === 'closed') player.close();
    });
    // What comes while this process stands still seems to come later.
    const stoodStill = monitorEventLoopDelay({ resolution: 1 });
    stoodStill.enable();
    player.accept((await engine.publish(codec, 'film', { sdp: player.offer, streams })).sdp);
    try {
      await player.play();
      return { player, stoodStill };
    } catch (error) {
      player.close();
      if (attempt === 3) throw error;
    } finally {
      forget();
    }
  }
}

it.each(['VP8', 'VP9'] as const)(
  'of Opus and %s publishes what a recording then has, frame by frame',
  async (codec) => {
    await engine.createRoom(codec);
    await engine.permit(codec, 'film', ['camera', 'microphone']);
    const recorded = join(directory, `recorded-${codec}`);
    await engine.record(codec, recorded);
    const { player, stoodStill } = await played(codec);
    expect(Math.abs(player.durationMs - (frames - 1) * frameMs)).toBeLessThanOrEqual(frameMs);
    await expect.poll(() => arrived(codec), { timeout: 20_000 }).toBe(frames + 3 * frames);
    const { tracks } = await engine.stopRecording(codec);
    stoodStill.disable();
    player.close();

    expect(tracks.map(({ kind }) => kind).sort()).toEqual(['camera', 'microphone']);
    const recordings = await Promise.all(
      tracks.map(async ({ kind, file, startMs }) => ({
        kind,
        frames: (await framesOf(join(recorded, file))).map(({ data, atMs }) => ({
          data,
          atMs: startMs + atMs,
        })),
      })),
    );
    for (const { kind, frames: found } of recordings) {
      // A frame is known to be whole when the next one begins.
      expect(found.length).toBeGreaterThanOrEqual(frames - 1);
      for (const [index, { data }] of found.entries()) {
        expect(data).toEqual(Buffer.from(frame(kind === 'camera' ? codec : 'opus', index)));
      }
    }
    const [one, other] = recordings;
    const apart = one?.frames.map(({ atMs }, index) => Math.abs(atMs - (other?.frames[index]?.atMs ?? atMs)));
    expect(Math.max(...(apart ?? []))).toBeLessThan(40 + stoodStill.max / 1e6);
  },
);

it('says what cannot be played, and why', async () => {
  const text = join(directory, 'text.webm');
  await writeFile(text, 'This is no film.');
  const { opus, VP8 } = files;
  await expect(FilePlayer.open([join(directory, 'none.webm')])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(FilePlayer.open([text])).rejects.toMatchObject({ code: 'UNSUPPORTED_TYPE' });
  await expect(FilePlayer.open([opus, VP8, opus])).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('stops when it is told to, also before there is a connection', async () => {
  const player = await FilePlayer.open([files.VP8], { bindAddress, loop: true });
  const stop = new AbortController();
  const playing = player.play(stop.signal);
  stop.abort();
  await playing;
  player.close();
  await expect(player.play()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
