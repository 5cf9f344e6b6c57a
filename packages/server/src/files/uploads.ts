import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StoaError } from '@stoa/protocol';
import type { FileRecord, FileRecordStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { contentTypeOf, sampleBytes } from './content-type.ts';
import {
  type FileLimits,
  requirePixels,
  requireQuota,
  requireSize,
  requireType,
  unfinishedPerUser,
} from './file-limits.ts';
import { cleanFileName } from './file-name.ts';
import type { FileStore } from './file-store.ts';
import type { PartialFiles } from './partial-files.ts';
import { headBytes, pixelsOf } from './picture-size.ts';

/** A complete file. */
export type CompleteFile = FileRecord & { readonly sha256: Uint8Array };

/** Who uploads. */
export interface Uploader {
  readonly aid: number;
  readonly uid: number;
}

export interface UploadsOptions {
  readonly records: FileRecordStore;
  readonly store: FileStore;
  readonly partial: PartialFiles;
  readonly clock: Clock;
  readonly limitsOf: (aid: number, uid: number) => Promise<FileLimits>;
  /** Rejects when the user may not upload anything now. */
  readonly requireUpload: (uploader: Uploader) => Promise<void>;
}

/**
 * Files on their way in. What is acknowledged is on disk and synced; nothing is ever held in memory as a whole. Uploads
 * that do not go on, and files that no message names, are removed after a day.
 */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #completing = new Map<string, Promise<CompleteFile>>();
  /** What is measured against the quota of a user counts at once: many at a time must not each find room for itself. */
  readonly #counting = new OneAtATime<number>();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /**
   * Begins an upload in pieces.
   *
   * @throws StoaError TOO_LARGE, QUOTA_EXCEEDED, TOO_MANY, STORAGE_FULL
   */
  async begin(uploader: Uploader, { name, size }: { name: string; size: number }): Promise<FileRecord> {
    const { records, partial, clock, limitsOf, requireUpload } = this.#options;
    const { aid, uid } = uploader;
    await requireUpload(uploader);
    const limits = await limitsOf(aid, uid);
    requireSize(size, limits);
    const now = clock.now();
    const file = { id: randomBytes(16).toString('hex'), aid, uid, name: cleanFileName(name), size };
    await this.#counting.run(uid, async () => {
      const usage = await records.usage(uid);
      requireQuota(usage.bytes + size, limits);
      if (usage.unfinished >= unfinishedPerUser) {
        throw new StoaError('TOO_MANY', `The user has ${usage.unfinished} unfinished uploads.`, {
          hint: 'End or delete some of them first.',
        });
      }
      await records.add({ ...file, now, checkAt: now + unusedMs });
    });
    // After the record, without which nobody would remove it.
    await partial.create(file.id);
    return { ...file, mime: '', sha256: null, createdAt: now };
  }

  /**
   * The user's own upload, finished or not.
   *
   * @throws StoaError NOT_FOUND
   */
  async find(uid: number, id: string): Promise<FileRecord> {
    const file = await this.#options.records.find(id);
    if (file?.uid !== uid) throw new StoaError('NOT_FOUND', 'There is no such upload.');
    return file;
  }

  /** Bytes of it that are here. */
  async offset(file: FileRecord): Promise<number> {
    if (file.sha256 !== null) return file.size;
    const { partial, store } = this.#options;
    const size = (await partial.size(file.id)) ?? (await store.size(file.id));
    if (size === undefined) throw new StoaError('NOT_FOUND', 'There is no such upload.');
    return size;
  }

  /**
   * Adds a piece, which is synced to disk then; the last one completes the file. Resolves to the bytes that are here.
   *
   * @throws StoaError CONFLICT, TOO_LARGE, UNSUPPORTED_TYPE, STORAGE_FULL; UNAVAILABLE when the stream breaks off
   */
  async append(file: FileRecord, offset: number, stream: Readable): Promise<number> {
    const here = await this.offset(file);
    if (here !== offset) {
      throw new StoaError('CONFLICT', `The upload has ${here} bytes, and goes on there, not at ${offset}.`);
    }
    const isWhole = here === file.size;
    const size = isWhole ? here : await this.#options.partial.append(file.id, offset, stream, file.size);
    if (size === file.size && file.sha256 === null) await this.#complete(file);
    return size;
  }

  /**
   * Takes in a whole file of which only the end tells how large it is.
   *
   * @throws StoaError TOO_LARGE, QUOTA_EXCEEDED, UNSUPPORTED_TYPE, STORAGE_FULL; nothing is kept then.
   */
  async receive(uploader: Uploader, name: string, stream: Readable): Promise<CompleteFile> {
    const { records, limitsOf, partial } = this.#options;
    const { aid, uid } = uploader;
    const limits = await limitsOf(aid, uid);
    const file = await this.begin(uploader, { name, size: 0 });
    try {
      const size = await partial.append(file.id, 0, stream, limits.bytes);
      if (limits.bytesPerUser !== Number.POSITIVE_INFINITY) {
        await this.#counting.run(uid, async () => {
          requireQuota((await records.usage(uid)).bytes + size, limits);
          // It counts from here on, so that nobody waits for what takes long.
          await records.resize(file.id, size);
        });
      }
      return await this.#complete({ ...file, size });
    } catch (error) {
      await this.abandon(file.id);
      throw error;
    }
  }

  /** Removes an upload with everything that came of it. */
  async abandon(id: string): Promise<void> {
    const { records, partial, store } = this.#options;
    await partial.remove(id);
    await store.remove(id);
    await records.remove(id);
  }

  /** Once at a time: who has lost the connection asks again while it is under way. */
  #complete(file: FileRecord): Promise<CompleteFile> {
    const underWay = this.#completing.get(file.id);
    if (underWay !== undefined) return underWay;
    const completing = this.#takeIn(file).finally(() => this.#completing.delete(file.id));
    this.#completing.set(file.id, completing);
    return completing;
  }

  async #takeIn(file: FileRecord): Promise<CompleteFile> {
    const { records, store, partial, limitsOf } = this.#options;
    const path = partial.pathOf(file.id);
    const isHere = (await partial.size(file.id)) !== undefined;
    const { mime, sha256, pixels } = await inspect(
      isHere ? createReadStream(path) : await store.open(file.id),
    );
    try {
      requireType(mime, await limitsOf(file.aid, file.uid));
      requirePixels(pixels);
    } catch (error) {
      await this.abandon(file.id);
      throw error;
    }
    await store.put(file.id, path);
    const finished = await records.finish(file.id, { mime, size: file.size, sha256 });
    if (finished === undefined || !isComplete(finished))
      throw new StoaError('NOT_FOUND', 'There is no such upload.');
    return finished;
  }
}

export const isComplete = (file: FileRecord): file is CompleteFile => file.sha256 !== null;

interface Inspected {
  readonly mime: string;
  readonly sha256: Uint8Array;
  readonly pixels: number;
}

async function inspect(content: Readable): Promise<Inspected> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (bytes < headBytes) chunks.push(chunk);
    bytes += chunk.length;
  }
  const head = Buffer.concat(chunks).subarray(0, headBytes);
  const mime = await contentTypeOf(head.subarray(0, sampleBytes));
  return { mime, sha256: hash.digest(), pixels: mime.startsWith('image/') ? pixelsOf(head) : 0 };
}

/** A file that no message names is kept for so long. */
const unusedMs = 24 * 3600 * 1000;
