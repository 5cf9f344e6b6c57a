import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalEngine } from '@stoa/media';
import { tempFolder } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
import type { RecordingPage } from './page-script.ts';

declare global {
  /** In the page. */
  const recordingPage: RecordingPage;
}

const run = promisify(execFile);
const hasFfmpeg = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'ffmpeg')));

let visitors: Visitors;
let pages: CallPages;
let engine: LocalEngine;

beforeAll(async () => {
  engine = new LocalEngine({ bindAddress: '127.0.0.1' });
  [visitors, pages] = await Promise.all([
    Visitors.launch(),
    startCallPages(new URL('page-script.ts', import.meta.url)),
  ]);
});
afterAll(() => Promise.all([visitors.close(), pages.close(), engine.close()]));

/** Seconds at which a value of ffmpeg's metadata rises above a threshold. */
async function rises(path: string, filter: string, key: string, threshold: number): Promise<number[]> {
  const option = filter.startsWith('signalstats') ? '-vf' : '-af';
  const print = `${option === '-vf' ? 'metadata' : 'ametadata'}=print:key=${key}:file=-`;
  const args = ['-v', 'error', '-copyts', '-i', path, option, `${filter},${print}`, '-f', 'null', '-'];
  const { stdout } = await run('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 });
  const values = [...stdout.matchAll(/pts_time:(\S+)\s+\S+=(\S+)/g)].map(([, time, value]) => ({
    time: Number(time),
    isHigh: Number(value) > threshold,
  }));
  return values.flatMap(({ time, isHigh }, index) =>
    isHigh && values[index - 1]?.isHigh === false ? [time] : [],
  );
}

it('a recording of a browser lasts as long as what was sent, and keeps flash and beep together', {
  timeout: 90_000,
}, async () => {
  const folder = tempFolder();
  const directory = join(folder.path, 'recording');
  await engine.createRoom('room');
  await engine.permit('room', 'alice', ['camera', 'microphone']);
  const page = await visitors.visit(pages.url, { permissions: ['local-network-access'] });
  const sdp = await page.evaluate(() => recordingPage.offer());
  const streams = [
    { mid: '0', kind: 'microphone', name: 'mic' },
    { mid: '1', kind: 'camera', name: 'cam' },
  ] as const;
  const { sdp: answer } = await engine.publish('room', 'alice', { sdp, streams });
  await page.evaluate((given) => recordingPage.accept(given), answer);
  const frames = async (): Promise<number[]> => {
    const { participants } = await engine.statistics('room');
    const published = participants.flatMap(({ publishing }) => publishing?.streams ?? []);
    return published.map(({ layers }) => layers[0]?.packets ?? 0);
  };
  const come = async (): Promise<boolean> => {
    const counts = await frames();
    return counts.length === 2 && counts.every((count) => count > 0);
  };
  await expect.poll(come, { timeout: 30_000 }).toBe(true);
  await engine.record('room', directory);
  const begun = Date.now();
  const [before = 0] = await frames();
  // Five seconds of sound, fifty packets each.
  await expect.poll(async () => (await frames())[0], { timeout: 60_000 }).toBeGreaterThan(before + 250);
  const { tracks } = await engine.stopRecording('room');
  const lasted = Date.now() - begun;
  expect(tracks.map(({ kind, codec }) => [kind, codec])).toEqual(
    expect.arrayContaining([
      ['microphone', 'opus'],
      ['camera', expect.stringMatching(/^(VP8|VP9|H264|AV1)$/)],
    ]),
  );
  const of = (kind: string) => {
    const found = tracks.find((track) => track.kind === kind);
    if (found === undefined) throw new Error(`There is no ${kind}.`);
    return { ...found, path: join(directory, found.file) };
  };
  const [sound, picture] = [of('microphone'), of('camera')];
  for (const { startMs, endMs } of [sound, picture]) {
    expect(startMs).toBeLessThan(2000);
    expect(Math.abs((endMs ?? 0) - lasted)).toBeLessThan(1000);
  }
  if (hasFfmpeg) {
    const beeps = await rises(
      sound.path,
      'aresample=async=1,astats=metadata=1:reset=1',
      'lavfi.astats.Overall.RMS_level',
      -40,
    );
    const flashes = await rises(picture.path, 'signalstats', 'lavfi.signalstats.YAVG', 100);
    const skews = beeps.map((beep) => {
      const at = beep * 1000 + sound.startMs;
      const distances = flashes.map((each) => each * 1000 + picture.startMs - at);
      return distances.reduce((best, each) => (Math.abs(each) < Math.abs(best) ? each : best), 1000);
    });
    const median = skews.sort((a, b) => a - b)[Math.floor(skews.length / 2)] ?? 1000;
    console.log(
      `${beeps.length} beeps; picture after sound by ${skews.map((skew) => Math.round(skew)).join(', ')} ms; lasted ${lasted} ms, sound to ${sound.endMs}, picture to ${picture.endMs} ms`,
    );
    expect(beeps.length).toBeGreaterThanOrEqual(3);
    // A machine without a processor to spare draws late; on a quiet one it is below 40.
    expect(Math.abs(median)).toBeLessThan(150);
  }
  folder.remove();
});
