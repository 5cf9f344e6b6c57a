import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestNode, type TestNode, tempFolder, testAppToken } from '@stoa/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stoa } from '../testing/run-stoa.ts';

const recordings = tempFolder();
const here = tempFolder();
const startedAt = Date.UTC(2026, 0, 1, 10, 15);
const ended = '20260101T101500000Z-0123456789abcdef01';
const broken = '20260102T101500000Z-0123456789abcdef02';
let server: TestNode;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startTestNode({ env: { STOA_RECORDINGS_DIR: recordings.path } });
  env = { STOA_URL: server.url, STOA_APP_TOKEN: testAppToken };
  keep(ended, { name: 'Band', endedAt: startedAt + 65_400 }, [
    ['1-camera.webm', '2-microphone.webm'],
    ['1-camera.mkv'],
  ]);
  // Its node was killed, and began no second part.
  keep(broken, { name: 'Choir', endedAt: null }, [['1-microphone.webm']]);
});
afterAll(async () => {
  await server.close();
  recordings.remove();
  here.remove();
});

/** A recording as nodes leave it: a folder of the first app, with the files of each part. */
function keep(
  id: string,
  { name, endedAt }: { name: string; endedAt: number | null },
  parts: readonly (readonly string[])[],
): void {
  const folder = join(recordings.path, '1', id);
  const about = { version: 1, id, gid: 1000, name, by: 'alice', startedAt, endedAt };
  const people = { '1.1': { user: 'alice', name: 'Alice' } };
  for (const [index, files] of parts.entries()) {
    const part = join(folder, String(index + 1));
    mkdirSync(part, { recursive: true });
    const tracks = files.map((file) => ({
      ...{ file, codec: 'VP8', startMs: 0, endMs, width: 0, height: 0, frames: 1, lostPackets: 0 },
      ...{ stream: '1.1/0-video', participant: '1.1', name: '0-video', kind: kindOf(file) },
    }));
    const manifest = { version: 1, room: '1000', startedAt, endedAt, tracks };
    writeFileSync(join(part, 'manifest.json'), JSON.stringify(manifest));
    for (const file of files) writeFileSync(join(part, file), `${id} ${index + 1} ${file}`);
  }
  writeFileSync(join(folder, 'recording.json'), JSON.stringify({ ...about, people }));
}

const endMs = 1000;
const kindOf = (file: string) => /-(\w+)\./.exec(file)?.[1];

it('lists recordings, the newest first, with how long they lasted', async () => {
  const { out, err } = await stoa(['recording', 'list'], env);
  expect(err).toBe('');
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['ID', 'GROUP', 'BY', 'BEGAN', 'LASTED'],
    [broken, 'Choir', 'alice', '2026-01-01T10:15:00.000Z', 'not ended'],
    [ended, 'Band', 'alice', '2026-01-01T10:15:00.000Z', '1:05'],
  ]);
});

it('downloads the files of all parts, into a folder of its name or another', async () => {
  const folder = join(here.path, 'band');
  const { out, err } = await stoa(['recording', 'download', ended, '--to', folder], env);
  expect([out, err]).toEqual([`3 files in ${folder}.\n`, '']);
  expect(readdirSync(folder).sort()).toEqual(['1-1-camera.webm', '1-2-microphone.webm', '2-1-camera.mkv']);
  expect(readFileSync(join(folder, '2-1-camera.mkv'), 'utf8')).toBe(`${ended} 2 1-camera.mkv`);
  const unknown = await stoa(['recording', 'download', broken.replace('2', '3'), '--to', folder], env);
  expect(unknown).toMatchObject({ code: 1, out: '' });
  expect(unknown.err).toMatch(/There is no recording "3026/);
});

it('deletes a recording with all its files, once', async () => {
  expect(await stoa(['recording', 'delete', broken], env)).toMatchObject({
    code: 0,
    out: `Recording ${broken} is gone.\n`,
  });
  expect(readdirSync(join(recordings.path, '1'))).toEqual([ended]);
  const again = await stoa(['recording', 'delete', broken], env);
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('There is no recording') });
  expect((await stoa(['recording', 'list'], env)).out).not.toContain('Choir');
});
