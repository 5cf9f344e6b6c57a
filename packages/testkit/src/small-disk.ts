import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerProcess } from './server-process.ts';

/**
 * A launcher of a ServerProcess that gives it a disk of its own at `folder`, of so many bytes (tmpfs in a user
 * namespace of Linux: nobody has to be root, and it goes with the process).
 */
export function onSmallDisk(folder: string, bytes: number): readonly string[] {
  const mount = 'mount -t tmpfs -o size="$1" stoa-test "$2" && shift 2 && exec "$@"';
  return ['unshare', '--map-root-user', '--mount', 'sh', '-ec', mount, 'sh', String(bytes), folder];
}

/** Fills a folder as a server on a small disk sees it up to the last byte; the returned function makes room again. */
export function fillDisk(server: ServerProcess, folder: string): () => void {
  const seen = join(`/proc/${server.pid}/root`, folder);
  const path = join(seen, 'filler');
  const file = openSync(path, 'w');
  try {
    const chunk = Buffer.alloc(statfsSync(seen).bsize);
    while (statfsSync(seen).bavail > 0) writeSync(file, chunk);
  } catch (error) {
    // The server has taken the last of it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}
