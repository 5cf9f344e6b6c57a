import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StoaError } from '@stoa/protocol';
import { isErrorOf, onDisk } from './disk-errors.ts';
import { sizeOf } from './disk-file-store.ts';

interface Writing {
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

/**
 * Content that is on its way, in a folder, by the ids of its files. Of each there is one writer: who asks for its size
 * or goes on writing has noticed that the connection of the one before is dead, which the server may not have.
 */
export class PartialFiles {
  readonly #folder: string;
  readonly #writing = new Map<string, Writing>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(id: string): string {
    return join(this.#folder, id);
  }

  /** Makes it, empty. */
  async create(id: string): Promise<void> {
    await onDisk(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await (await open(this.pathOf(id), 'wx', 0o600)).close();
    });
  }

  /** Bytes that are there; undefined when there is none of this id. Ends a writing that is under way. */
  async size(id: string): Promise<number | undefined> {
    await this.#endWriting(id);
    return sizeOf(this.pathOf(id));
  }

  /**
   * Adds what the stream gives, which is synced to disk then; resolves to the new size. When it breaks off, what has
   * come is kept.
   *
   * @param most Bytes that it may have altogether
   * @throws StoaError CONFLICT when it does not have `offset` bytes, TOO_LARGE, STORAGE_FULL
   */
  async append(id: string, offset: number, stream: Readable, most: number): Promise<number> {
    await this.#endWriting(id);
    const controller = new AbortController();
    const done = onDisk(() => this.#write(id, offset, stream, most, controller.signal));
    const writing = { controller, done };
    this.#writing.set(id, writing);
    try {
      return await done;
    } finally {
      if (this.#writing.get(id) === writing) this.#writing.delete(id);
    }
  }

  async remove(id: string): Promise<void> {
    await this.#endWriting(id);
    await rm(this.pathOf(id), { force: true });
  }

  /** Removes what was last written before this time, in milliseconds since 1970. */
  async removeOlder(time: number): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      const written = await stat(this.pathOf(name)).catch(() => undefined);
      if (written !== undefined && written.mtimeMs < time) await this.remove(name);
    }
  }

  async #write(
    id: string,
    offset: number,
    stream: Readable,
    most: number,
    signal: AbortSignal,
  ): Promise<number> {
    const file = await open(this.pathOf(id), 'r+');
    try {
      const { size } = await file.stat();
      if (size !== offset) {
        throw new StoaError('CONFLICT', `The upload has ${size} bytes, and goes on there, not at ${offset}.`);
      }
      let end = offset;
      try {
        await pipeline(
          stream,
          async (chunks: AsyncIterable<Uint8Array>) => {
            for await (const chunk of chunks) {
              if (end + chunk.length > most) throw tooLarge();
              await writeAll(file, chunk, end);
              end += chunk.length;
            }
          },
          { signal },
        );
      } catch (error) {
        throw isErrorOf(error, ...brokenOff) ? brokeOff() : error;
      } finally {
        await file.datasync();
      }
      return end;
    } finally {
      await file.close();
    }
  }

  async #endWriting(id: string): Promise<void> {
    const writing = this.#writing.get(id);
    if (writing === undefined) return;
    writing.controller.abort();
    await writing.done.catch(() => {});
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
  }
}

/** The client is gone, or goes on by another connection. */
const brokenOff = ['ABORT_ERR', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'];

const brokeOff = (): StoaError =>
  new StoaError('UNAVAILABLE', 'The upload broke off.', { hint: 'Ask how much is here, and go on there.' });

const tooLarge = (): StoaError =>
  new StoaError('TOO_LARGE', 'The file has more bytes than it may have, or than were announced.');
