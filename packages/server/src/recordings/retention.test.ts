import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ManualClock, startTestNode, tempFolder, testAppToken } from '@stoa/testkit';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { Background } from '../background.ts';
import { expireRecordings } from './expire-recordings.ts';
import { Recordings } from './recordings.ts';
import type { RunningRecording } from './running-recording.ts';

const hourMs = 3600 * 1000;
const dayMs = 24 * hourMs;
const always = () => true;

function folder(): string {
  const made = tempFolder();
  onTestFinished(() => made.remove());
  return made.path;
}

/** One that goes on, with a file of so many bytes. */
async function record(recordings: Recordings, bytes = 0): Promise<RunningRecording> {
  const recording = await recordings.begin({ aid: 1, gid: 7, name: 'Choir', by: 'alice' });
  const part = recording.nextPart();
  mkdirSync(part);
  writeFileSync(join(part, '1-microphone.webm'), Buffer.alloc(bytes));
  return recording;
}

async function recorded(recordings: Recordings, clock: ManualClock, bytes = 0): Promise<string> {
  const recording = await record(recordings, bytes);
  await recording.end(clock.now());
  return recording.id;
}

async function listed(recordings: Recordings): Promise<string[]> {
  return (await recordings.list(1, { limit: 100 })).map(({ id }) => id);
}

function onDisk(directory: string): string[] {
  return readdirSync(join(directory, '1'));
}

it('removes recordings that ended so many days ago, and no others', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  const long = await record(recordings);
  const old = await recorded(recordings, clock);
  clock.advance(3 * dayMs);
  await long.end(clock.now());
  const young = await recorded(recordings, clock);
  clock.advance(4 * dayMs + 1);
  expect(await recordings.sweep(7, always)).toMatchObject({ removed: 1, failures: [] });
  expect(onDisk(directory).sort()).toEqual([long.id, young].sort());
  await expect(recordings.get(1, old)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(recordings.file(1, old, '1-1-microphone.webm')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(recordings.remove(1, old)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('keeps them for ever when nothing is said', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  const id = await recorded(recordings, clock);
  clock.advance(100_000 * dayMs);
  expect(await recordings.sweep(0, always)).toEqual({ removed: 0, bytes: 0, failures: [] });
  expect(onDisk(directory)).toEqual([id]);
});

it('never removes what is still recorded, here or at another node with the same folder', async () => {
  // Files have the time of the machine until they are touched.
  const [directory, clock] = [folder(), new ManualClock(Date.now())];
  const [here, there] = [new Recordings(directory, clock), new Recordings(directory, clock)];
  const { id } = await record(here);
  for (let day = 0; day < 20; day += 1) {
    clock.advance(dayMs);
    expect(await here.sweep(7, always)).toMatchObject({ removed: 0, failures: [] });
    expect(await there.sweep(7, always)).toMatchObject({ removed: 0, failures: [] });
  }
  expect(await listed(there)).toEqual([id]);
  // From now on, the node that recorded is gone.
  clock.advance(7 * dayMs - hourMs);
  expect(await there.sweep(7, always)).toMatchObject({ removed: 0 });
  clock.advance(2 * hourMs);
  expect(await there.sweep(7, always)).toMatchObject({ removed: 1, failures: [] });
  expect(onDisk(directory)).toEqual([]);
  // It comes back, and finds nothing to touch.
  expect(await here.sweep(7, always)).toMatchObject({ failures: [] });
});

it('never removes what this node records, though its files do not say that it goes on', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  const recording = await record(recordings);
  rmSync(join(directory, '1', recording.id, 'recording.json'));
  clock.advance(8 * dayMs);
  expect(await recordings.sweep(7, always)).toMatchObject({ removed: 0, failures: [] });
  expect(onDisk(directory)).toEqual([recording.id]);
});

it('is done with a recording whose end could not be written', async () => {
  const [directory, clock] = [folder(), new ManualClock(Date.now())];
  const recordings = new Recordings(directory, clock);
  const recording = await record(recordings);
  // Nothing can be written there.
  const blocked = join(directory, '1', recording.id, 'recording.json.new');
  mkdirSync(blocked);
  await expect(recording.end(clock.now())).rejects.toThrow();
  clock.advance(8 * dayMs);
  expect(await recordings.sweep(7, always)).toMatchObject({ removed: 1, failures: [] });
});

it('finishes what was interrupted, of which nobody sees anything meanwhile', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  const id = await recorded(recordings, clock, 1000);
  // As a process leaves it that ends after its first step.
  renameSync(join(directory, '1', id), join(directory, '1', `${id}.removed`));
  expect(await listed(recordings)).toEqual([]);
  await expect(recordings.get(1, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  // Also where recordings are kept for ever: it may have been removed by the API.
  const { removed, bytes } = await recordings.sweep(0, always);
  expect(removed).toBe(1);
  expect(bytes).toBeGreaterThan(1000);
  expect(onDisk(directory)).toEqual([]);
});

it('removes what is damaged by when it was written last', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  const damaged = await recorded(recordings, clock);
  const about = join(directory, '1', damaged, 'recording.json');
  writeFileSync(about, '{"version":');
  await utimes(about, new Date(clock.now()), new Date(clock.now()));
  clock.advance(7 * dayMs - hourMs);
  expect(await recordings.sweep(7, always)).toMatchObject({ removed: 0 });
  clock.advance(2 * hourMs);
  expect(await recordings.sweep(7, always)).toMatchObject({ removed: 1, failures: [] });
});

it('goes on with the others when one cannot be removed', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  const ids = [await recorded(recordings, clock), await recorded(recordings, clock)].sort();
  const [first = ''] = ids;
  // Where it would be moved to, there is something.
  mkdirSync(join(directory, '1', `${first}.removed`, 'in the way'), { recursive: true });
  writeFileSync(join(directory, '1', 'not a recording'), '');
  clock.advance(8 * dayMs);
  const swept = await recordings.sweep(7, always);
  expect(swept.failures).toHaveLength(1);
  expect(onDisk(directory).sort()).toEqual([first, 'not a recording'].sort());
  expect(await recordings.sweep(7, always)).toMatchObject({ removed: 1, failures: [] });
  expect(onDisk(directory)).toEqual(['not a recording']);
});

it('can be done by several nodes at once', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const nodes = Array.from({ length: 4 }, () => new Recordings(directory, clock));
  const [first] = nodes;
  for (let index = 0; index < 20; index += 1) {
    const id = first === undefined ? '' : await recorded(first, clock, 100);
    const path = join(directory, '1', id);
    // Half of them were interrupted.
    if (index % 2 === 0) renameSync(path, `${path}.removed`);
  }
  clock.advance(8 * dayMs);
  for (const { failures } of await Promise.all(nodes.map((node) => node.sweep(7, always)))) {
    expect(failures).toEqual([]);
  }
  expect(onDisk(directory)).toEqual([]);
});

it('stops between two recordings when the node does', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  for (let index = 0; index < 3; index += 1) await recorded(recordings, clock);
  clock.advance(8 * dayMs);
  let steps = 0;
  const goOn = () => {
    steps += 1;
    return steps <= 2;
  };
  expect(await recordings.sweep(7, goOn)).toMatchObject({ removed: 2 });
});

it('looks at the start and every hour, and logs how many it removed and what space that gave', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  for (let index = 0; index < 2; index += 1) await recorded(recordings, clock, 500_000);
  clock.advance(6 * dayMs);
  await recorded(recordings, clock, 500_000);
  clock.advance(dayMs + 1);
  const lines: string[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
  const errors: unknown[] = [];
  const background = new Background({ clock, onError: (error) => errors.push(error) });
  onTestFinished(() => background.stop());
  expireRecordings({ recordings, background, days: 7, logger });
  await expect.poll(() => lines).toHaveLength(1);
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toMatchObject({ level: 30, recordings: 2, msg: 'old recordings were removed' });
  expect(line.bytes).toBeGreaterThan(1_000_000);
  expect(line.bytes).toBeLessThan(1_010_000);
  clock.jump(6 * dayMs);
  await expect.poll(() => lines).toHaveLength(2);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ recordings: 1 });
  // What fails is told, with what was removed all the same.
  const [bad, good] = [await recorded(recordings, clock), await recorded(recordings, clock)].sort();
  mkdirSync(join(directory, '1', `${bad}.removed`, 'in the way'), { recursive: true });
  clock.jump(7 * dayMs + hourMs);
  await expect.poll(() => errors).toHaveLength(1);
  expect(existsSync(join(directory, '1', good ?? ''))).toBe(false);
});

it('is heard of by who asks at this moment, while a file that is open is read to its end', async () => {
  const [directory, clock] = [folder(), new ManualClock()];
  const recordings = new Recordings(directory, clock);
  const id = await recorded(recordings, clock, 200_000);
  clock.advance(8 * dayMs);
  const file = await recordings.file(1, id, '1-1-microphone.webm');
  const opened = await file.open();
  await recordings.sweep(7, always);
  await expect(file.open()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  let bytes = 0;
  for await (const chunk of opened) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(200_000);
  // Whichever comes first.
  for (let index = 0; index < 50; index += 1) {
    const other = await recorded(recordings, clock);
    const [read] = await Promise.allSettled([recordings.get(1, other), recordings.remove(1, other)]);
    if (read.status === 'rejected') expect(read.reason).toMatchObject({ code: 'NOT_FOUND' });
  }
});

it('is what a node does that is told how long, and who asks for a removed one hears NOT_FOUND', async () => {
  const [dataDir, clock] = [folder(), new ManualClock()];
  const node = await startTestNode({ dataDir, clock, env: { STOA_RECORDING_RETENTION_DAYS: '30' } });
  onTestFinished(() => node.close());
  const recordings = new Recordings(join(dataDir, 'recordings'), clock);
  const id = await recorded(recordings, clock, 10);
  const ask = async (path: string) => {
    const answer = await fetch(`${node.url}/v1/recordings${path}`, {
      headers: { authorization: `Bearer ${testAppToken}` },
    });
    return { status: answer.status, body: await answer.text() };
  };
  expect((await ask(`/${id}`)).status).toBe(200);
  clock.jump(31 * dayMs);
  await expect.poll(async () => (await ask(`/${id}`)).status).toBe(404);
  for (const path of [`/${id}`, `/${id}/files/1-1-microphone.webm`]) {
    const { status, body } = await ask(path);
    expect([status, JSON.parse(body)]).toEqual([
      404,
      expect.objectContaining({ error: expect.objectContaining({ code: 'NOT_FOUND' }) }),
    ]);
  }
  expect(JSON.parse((await ask('')).body)).toMatchObject({ data: [] });
});
