import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { StoaError } from '@stoa/protocol';
import { isErrorOf, onDisk } from './disk-errors.ts';
import type { ByteRange, FileStore } from './file-store.ts';

/**
 * Files in a folder, 256 folders by the first two digits of their ids. What is put must lie on the same file system: it
 * is renamed, never copied. The ids come from the server, never from a name that somebody chose.
 */
export class DiskFileStore implements FileStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(id: string, path: string): Promise<void> {
    const target = this.#pathOf(id);
    await onDisk(async () => {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      try {
        await rename(path, target);
      } catch (error) {
        // Renamed before, and then the process ended.
        if (!isErrorOf(error, 'ENOENT') || (await this.size(id)) === undefined) throw error;
      }
      for (const folder of [dirname(target), this.#folder, dirname(path)]) await syncFolder(folder);
    });
  }

  async open(id: string, range?: ByteRange): Promise<Readable> {
    const stream = createReadStream(this.#pathOf(id), { ...range });
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', (error) =>
        reject(isErrorOf(error, 'ENOENT') ? new StoaError('NOT_FOUND', 'The file is gone.') : error),
      );
    });
    return stream;
  }

  size(id: string): Promise<number | undefined> {
    return sizeOf(this.#pathOf(id));
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true });
  }

  close(): void {}

  #pathOf(id: string): string {
    return join(this.#folder, id.slice(0, 2), id);
  }
}

/** Bytes of the file; undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isErrorOf(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Makes names that were added to a folder durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
