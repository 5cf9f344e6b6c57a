import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestName, type RecordingManifest, WorkerEngine } from '@stoa/media';
import { isInstalled, tempFolder } from '@stoa/testkit';
import { ImpairedLink } from '@stoa/testkit/impairment';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CallPages, startCallPages } from '../calls/pages.ts';
import { Visitors } from '../support/visitors.ts';
import { beeps, flashes, lastMs, median, type Recorded, skews } from './analysis.ts';
import type { RecordingPage } from './page-script.ts';

declare global {
  /** In the page. */
  const recordingPage: RecordingPage;
}

const streams = [
  { mid: '0', kind: 'microphone', name: 'mic' },
  { mid: '1', kind: 'camera', name: 'cam' },
  { mid: '2', kind: 'screen', name: 'screen' },
] as const;
const folder = tempFolder();
const link = await ImpairedLink.open();
let visitors: Visitors;
let pages: CallPages;
let engine: WorkerEngine;

beforeAll(async () => {
  engine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
  [visitors, pages] = await Promise.all([
    Visitors.launch(),
    startCallPages(new URL('page-script.ts', import.meta.url)),
  ]);
});
afterAll(async () => {
  await Promise.all([visitors.close(), pages.close(), engine.close()]);
  link.close();
  folder.remove();
});

/** Publishes beep and flash, as camera and screen in one codec each; where a link is given, through it. */
async function publish(
  participant: string,
  codecs: readonly string[],
  through?: ImpairedLink,
): Promise<void> {
  await engine.permit('room', participant, ['camera', 'microphone', 'screen']);
  const page = await visitors.visit(pages.url, { permissions: ['local-network-access'] });
  const offer = await page.evaluate((wanted) => recordingPage.offer(wanted), codecs);
  const sdp = through === undefined ? offer : ImpairedLink.hide(offer);
  const answer = await engine.publish('room', participant, { sdp, streams });
  const shown = through?.through(answer.sdp) ?? answer.sdp;
  await page.evaluate((given) => recordingPage.accept(given), shown);
}

/** Packets that have come of each stream: sound and two pictures of each participant. */
async function packets(): Promise<number[]> {
  const { participants } = await engine.statistics('room');
  const published = participants.flatMap(({ publishing }) => publishing?.streams ?? []);
  return published.map(({ layers }) => layers[0]?.packets ?? 0);
}

/** Resolves after about so many seconds of sound: fifty packets each, but few while it is silent. */
async function soundOf(seconds: number): Promise<void> {
  const [before = 0] = await packets();
  await expect
    .poll(async () => (await packets())[0], { timeout: 60_000 })
    .toBeGreaterThan(before + 22 * seconds);
}

function tracksOf({ tracks }: RecordingManifest, participant: string, directory: string) {
  const of = (kind: string): Recorded & { endMs: number | null } => {
    const found = tracks.find((track) => track.kind === kind && track.participant === participant);
    if (found === undefined) throw new Error(`There is no ${kind} of ${participant}.`);
    return { ...found, path: join(directory, found.file) };
  };
  return { sound: of('microphone'), pictures: [of('camera'), of('screen')] };
}

it('recordings of browsers in any codec last as long as what was sent, and keep flash and beep together, with 5 % loss too', async () => {
  const directory = join(folder.path, 'whole');
  await engine.createRoom('room');
  link.set({ loss: 0.05 });
  await Promise.all([publish('alice', ['AV1', 'VP9']), publish('bob', ['H264', 'VP8'], link)]);
  await expect
    .poll(async () => (await packets()).filter((count) => count > 0).length, { timeout: 40_000 })
    .toBe(6);
  await engine.record('room', directory);
  const begun = Date.now();
  await soundOf(5);
  const manifest = await engine.stopRecording('room');
  const lasted = Date.now() - begun;
  for (const { codec } of manifest.tracks) expect(codec).toMatch(/^(opus|VP8|VP9|H264|AV1)$/);
  console.log('recorded', manifest.tracks.map(({ file, codec }) => `${file} ${codec}`).join(', '));
  for (const participant of ['alice', 'bob']) {
    const { sound, pictures } = tracksOf(manifest, participant, directory);
    for (const { startMs, endMs } of [sound, ...pictures]) {
      expect(startMs).toBeLessThan(2000);
      expect(Math.abs((endMs ?? 0) - lasted)).toBeLessThan(1000);
    }
    if (!isInstalled('ffmpeg')) continue;
    const [beepsAt, ...flashesAt] = await Promise.all([beeps(sound), ...pictures.map(flashes)]);
    const apart = flashesAt.map((each) => skews(beepsAt, each));
    console.log(participant, {
      beepsAt,
      skews: apart,
      lasted,
      ends: [sound, ...pictures].map(({ endMs }) => endMs),
    });
    expect(beepsAt.length).toBeGreaterThanOrEqual(3);
    // A machine without a processor to spare draws late; on a quiet one it is below 40.
    for (const each of apart) expect(Math.abs(median(each))).toBeLessThan(150);
    // They were a second apart, each.
    const passed = (beepsAt.at(-1) ?? 0) - (beepsAt[0] ?? 0);
    expect(Math.abs(passed - Math.round(passed / 1000) * 1000)).toBeLessThan(200);
    for (const track of [sound, ...pictures]) {
      expect(Math.abs((await lastMs(track)) - (track.endMs ?? 0))).toBeLessThan(200);
    }
  }
});

it('what was recorded plays up to the last second when the media process is killed', async () => {
  const directory = join(folder.path, 'killed');
  await engine.record('room', directory);
  const begun = Date.now();
  const manifestNow = (): RecordingManifest =>
    JSON.parse(readFileSync(join(directory, manifestName), 'utf8'));
  // Sound waits for its clock: one report in five seconds, and one in twenty is lost.
  await expect.poll(() => manifestNow().tracks.length, { timeout: 60_000 }).toBe(6);
  await soundOf(4);
  const [pid = 0] = engine.pids;
  process.kill(pid, 'SIGKILL');
  const lasted = Date.now() - begun;
  const manifest = manifestNow();
  for (const participant of ['alice', 'bob']) {
    const { sound, pictures } = tracksOf(manifest, participant, directory);
    const tracks = [sound, ...pictures];
    expect(tracks.map(({ endMs }) => endMs)).toEqual([null, null, null]);
    if (!isInstalled('ffmpeg')) continue;
    const last = await Promise.all(tracks.map(lastMs));
    console.log(participant, { lasted, last });
    for (const at of last) expect(lasted - at).toBeLessThan(1000);
  }
});
