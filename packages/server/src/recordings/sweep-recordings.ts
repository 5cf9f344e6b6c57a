import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { aboutName, isMissing, readAbout } from './recording-files.ts';
import { beginningOf, isRecordingId } from './recording-ids.ts';
import { erase, hide, isHidden } from './removal.ts';

export interface RecordingSweep {
  readonly directory: string;
  /** What ended before is removed, in milliseconds since 1970. */
  readonly before: number;
  /** Whether this node records into the folder. */
  readonly isRunning: (directory: string) => boolean;
}

export interface SweptRecordings {
  /** Those that are off the disk. */
  readonly removed: number;
  readonly bytes: number;
  /** Of others, which are tried again the next time. */
  readonly failures: readonly unknown[];
}

/**
 * Removes recordings that ended long ago, and what is left of removals that were interrupted. Only those are opened that
 * began long ago, which are few after the first time.
 */
export async function sweepRecordings(
  { directory, before, isRunning }: RecordingSweep,
  goOn: () => boolean,
): Promise<SweptRecordings> {
  let removed = 0;
  let bytes = 0;
  const failures: unknown[] = [];
  const hideOld = async (name: string, path: string): Promise<string | undefined> => {
    const began = beginningOf(name);
    if (began >= before || isRunning(path)) return undefined;
    return (await endOf(path, began)) < before ? hide(path) : undefined;
  };
  for (const { name, path } of await placesIn(directory)) {
    if (!goOn()) break;
    try {
      const hidden = isHidden(name) ? path : await hideOld(name, path);
      if (hidden === undefined) continue;
      bytes += await erase(hidden);
      removed += 1;
    } catch (error) {
      // One that fails every time must not keep the others from being removed.
      failures.push(error);
    }
  }
  return { removed, bytes, failures };
}

/** Of a recording, hidden or not. */
interface Place {
  readonly name: string;
  readonly path: string;
}

/** Those of all apps, also of apps that are no more. */
async function placesIn(directory: string): Promise<Place[]> {
  const places: Place[] = [];
  for (const aid of await namesIn(directory)) {
    if (!/^\d+$/.test(aid)) continue;
    for (const name of await namesIn(join(directory, aid))) {
      if (isRecordingId(name) || isHidden(name)) places.push({ name, path: join(directory, aid, name) });
    }
  }
  return places;
}

/** Of one that goes on in another node, or whose node ended before it did: when that node touched it last. */
async function endOf(directory: string, began: number): Promise<number> {
  const about = await readAbout(directory);
  return about?.endedAt ?? (await touchedAt(directory)) ?? began;
}

async function touchedAt(directory: string): Promise<number | undefined> {
  try {
    return (await stat(join(directory, aboutName))).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
