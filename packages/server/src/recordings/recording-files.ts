import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingManifest } from '@stoa/media';

export const aboutName = 'recording.json';

/** Who took part, by the key of a participant in the media plane. */
export type RecordedPeople = Readonly<Record<string, { readonly user: string; readonly name: string }>>;

/** What the file `recording.json` of a recording says. */
export interface RecordingAbout {
  readonly version: 1;
  readonly id: string;
  readonly gid: number;
  /** Of the group, when it began. */
  readonly name: string;
  /** Address of who started it. */
  readonly by: string;
  /** Milliseconds since 1970, as all times here. */
  readonly startedAt: number;
  /** Null while it goes on, and for ever when the node ended before it did. */
  readonly endedAt: number | null;
  readonly people: RecordedPeople;
}

export interface RecordingSummary extends Omit<RecordingAbout, 'version' | 'people'> {}

/** One stream of one participant; another one when it came again after the media was lost. */
export interface RecordedFile {
  /** As in the path of its download. */
  readonly file: string;
  readonly user: string;
  readonly name: string;
  readonly kind: RecordingManifest['tracks'][number]['kind'];
  readonly codec: string;
  /** Milliseconds from the beginning of the recording. */
  readonly startMs: number;
  /** Null when the process ended before the file did: it plays all the same. */
  readonly endMs: number | null;
  readonly width: number;
  readonly height: number;
  readonly lostPackets: number;
}

export interface RecordingDetails extends RecordingSummary {
  readonly files: readonly RecordedFile[];
}

export async function readAbout(directory: string): Promise<RecordingAbout | undefined> {
  return readJson<RecordingAbout>(join(directory, aboutName));
}

export function summaryOf({ id, gid, name, by, startedAt, endedAt }: RecordingAbout): RecordingSummary {
  return { id, gid, name, by, startedAt, endedAt };
}

/** All files of a recording: of every part, since the media plane may have been lost meanwhile. */
export async function readDetails(directory: string, about: RecordingAbout): Promise<RecordingDetails> {
  const parts = (await readdir(directory)).filter((name) => /^\d+$/.test(name));
  const files: RecordedFile[] = [];
  for (const part of parts.sort((a, b) => Number(a) - Number(b))) {
    const manifest = await readJson<RecordingManifest>(join(directory, part, 'manifest.json'));
    if (manifest === undefined) continue;
    const laterMs = manifest.startedAt - about.startedAt;
    for (const {
      file,
      participant,
      kind,
      codec,
      startMs,
      endMs,
      width,
      height,
      lostPackets,
    } of manifest.tracks) {
      const { user = '', name = '' } = about.people[participant] ?? {};
      const times = { startMs: startMs + laterMs, endMs: endMs === null ? null : endMs + laterMs };
      files.push({ file: `${part}-${file}`, user, name, kind, codec, ...times, width, height, lostPackets });
    }
  }
  return { ...summaryOf(about), files };
}

/** The path of a file that `readDetails` names; undefined for other names. */
export function pathOf(directory: string, file: string): string | undefined {
  const [, part, name] = /^(\d+)-(\d+-[A-Za-z]+\.(?:webm|mkv))$/.exec(file) ?? [];
  return part === undefined || name === undefined ? undefined : join(directory, part, name);
}

async function readJson<Content>(path: string): Promise<Content | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Content;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
