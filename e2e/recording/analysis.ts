import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const maxBuffer = 64 * 1024 * 1024;

/** A file of a recording, and where in it it begins. */
export interface Recorded {
  readonly path: string;
  readonly startMs: number;
}

/** Milliseconds of the recording at which the beeps in a file begin. */
export function beeps(sound: Recorded): Promise<number[]> {
  const filter = 'aresample=async=1,astats=metadata=1:reset=1';
  return rises(sound, '-af', filter, 'lavfi.astats.Overall.RMS_level', -40);
}

/** Milliseconds of the recording at which the flashes in a file begin. */
export function flashes(picture: Recorded): Promise<number[]> {
  return rises(picture, '-vf', 'signalstats', 'lavfi.signalstats.YAVG', 100);
}

/** By how much each beep is before the flash that is next to it. */
export function skews(beepsAt: readonly number[], flashesAt: readonly number[]): number[] {
  const nearest = (at: number) =>
    flashesAt.reduce((best, each) => (Math.abs(each - at) < Math.abs(best) ? each - at : best), 1000);
  return beepsAt.map(nearest).sort((a, b) => a - b);
}

export function median(values: readonly number[]): number {
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds of the recording at which the last packet in a file is; decodes all of it, and throws when it is broken. */
export async function lastMs({ path, startMs }: Recorded): Promise<number> {
  const args = ['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path];
  const { stdout } = await run('ffprobe', args, { maxBuffer });
  // As they are: what writes nothing else may not round two pictures to one moment.
  const asTheyAre = ['-fps_mode', 'passthrough', '-enc_time_base', '1:1000'];
  const { stderr } = await run('ffmpeg', ['-v', 'error', '-i', path, ...asTheyAre, '-f', 'null', '-']);
  if (stderr !== '') throw new Error(stderr);
  const times = stdout.split('\n').flatMap((line) => {
    const time = Number.parseFloat(line);
    return Number.isNaN(time) ? [] : [time];
  });
  return startMs + Math.max(...times) * 1000;
}

async function rises(
  { path, startMs }: Recorded,
  option: '-vf' | '-af',
  filter: string,
  key: string,
  threshold: number,
): Promise<number[]> {
  const print = `${option === '-vf' ? 'metadata' : 'ametadata'}=print:key=${key}:file=-`;
  const args = ['-v', 'error', '-copyts', '-i', path, option, `${filter},${print}`, '-f', 'null', '-'];
  const { stdout } = await run('ffmpeg', args, { maxBuffer });
  const values = [...stdout.matchAll(/pts_time:(\S+)\s+\S+=(\S+)/g)].map(([, time, value]) => ({
    time: Number(time) * 1000 + startMs,
    isHigh: Number(value) > threshold,
  }));
  return values.flatMap(({ time, isHigh }, index) =>
    isHigh && values[index - 1]?.isHigh === false ? [time] : [],
  );
}
