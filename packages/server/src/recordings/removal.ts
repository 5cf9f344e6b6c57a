import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './recording-files.ts';
import { isRecordingId } from './recording-ids.ts';

const suffix = '.removed';

/** Whether a name is that of a recording that is out of sight, and not yet off the disk. */
export function isHidden(name: string): boolean {
  return name.endsWith(suffix) && isRecordingId(name.slice(0, -suffix.length));
}

/**
 * Takes a recording out of sight, all of it at once, whatever interrupts the rest. Resolves to where it is then;
 * undefined when it is not there (any more).
 */
export async function hide(directory: string): Promise<string | undefined> {
  const hidden = `${directory}${suffix}`;
  try {
    await rename(directory, hidden);
    return hidden;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Takes a hidden recording off the disk, also one that another node takes off as well. Resolves to its bytes. */
export async function erase(hidden: string): Promise<number> {
  const bytes = await sizeOf(hidden);
  await rm(hidden, { recursive: true, force: true });
  return bytes;
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  try {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return bytes;
}
