import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { StoaError } from '@stoa/protocol';
import type { S3Address } from '../settings/index.ts';
import { sizeOf } from './disk-file-store.ts';
import { type ByteRange, type FileStore, type LinkedAs, linkSeconds } from './file-store.ts';

/** Larger files go up in parts, of which some are held in memory and sent at once. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 3;

/**
 * Files as objects of a bucket. Unless the address says otherwise, nobody but the server reads it: links stay those of the
 * server, with its checks and headers.
 */
export class S3FileStore implements FileStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #isOpened: boolean;

  constructor({ bucket, prefix, endpoint, region, credentials, downloads }: S3Address) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#isOpened = downloads === 'bucket';
    this.#client = new S3Client({
      region,
      ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
      ...(credentials === null ? {} : { credentials }),
      // Stores of others do not know the checksums that Amazon's added later.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  /**
   * Whether the bucket takes and gives up objects.
   *
   * @throws StoaError UNAVAILABLE when the store cannot be reached
   * @throws Error that says in one line what the store answered
   */
  async check(): Promise<void> {
    const probe = this.#at('stoa-was-here');
    await onS3(() => this.#client.send(new PutObjectCommand({ ...probe, Body: 'x' })));
    await onS3(() => this.#client.send(new DeleteObjectCommand(probe)));
  }

  async put(id: string, path: string): Promise<void> {
    // Put before, and then the process ended.
    if ((await sizeOf(path)) === undefined && (await this.size(id)) !== undefined) return;
    await onS3(() => {
      const params = {
        ...this.#at(id),
        Body: createReadStream(path),
        ContentType: 'application/octet-stream',
      };
      const options = { partSize: partBytes, queueSize: partsAtOnce };
      return new Upload({ client: this.#client, params, ...options }).done();
    });
    await rm(path, { force: true });
  }

  async link(id: string, { contentType, disposition }: LinkedAs): Promise<string | undefined> {
    if (!this.#isOpened) return undefined;
    const read = new GetObjectCommand({
      ...this.#at(id),
      ResponseContentType: contentType,
      ResponseContentDisposition: disposition,
      ResponseCacheControl: 'private, max-age=31536000, immutable',
    });
    return getSignedUrl(this.#client, read, { expiresIn: linkSeconds });
  }

  async open(id: string, range?: ByteRange): Promise<Readable> {
    const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
    const { Body } = await onS3(() => this.#client.send(new GetObjectCommand({ ...this.#at(id), ...part })));
    if (!(Body instanceof Readable)) throw new Error('The store gave no content.');
    return Body;
  }

  async size(id: string): Promise<number | undefined> {
    try {
      const { ContentLength } = await onS3(() => this.#client.send(new HeadObjectCommand(this.#at(id))));
      return ContentLength ?? 0;
    } catch (error) {
      if (error instanceof StoaError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    await onS3(() => this.#client.send(new DeleteObjectCommand(this.#at(id))));
  }

  close(): void {
    this.#client.destroy();
  }

  #at(id: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${id}` };
  }
}

async function onS3<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(error);
  }
}

const full = new Set(['XMinioStorageFull', 'QuotaExceeded', 'InsufficientCapacity']);

/**
 * What a caller may see: a store that is full, slow or away is told apart from one that does not let us in. The errors of
 * the library hold whole requests, and do not go any further.
 */
function s3Error(error: unknown): unknown {
  if (!(error instanceof S3ServiceException)) return isOfNetwork(error) ? unavailable(String(error)) : error;
  const { name, message, $metadata } = error;
  const { httpStatusCode: status = 0 } = $metadata;
  const cause = new Error(`S3 answered ${status} ${name}: ${message}`);
  if (name === 'NoSuchKey' || name === 'NotFound')
    return new StoaError('NOT_FOUND', 'The file is gone.', { cause });
  if (full.has(name) || status === 507) return new StoaError('STORAGE_FULL', undefined, { cause });
  return status >= 500 || status === 429 ? unavailable(cause.message) : cause;
}

/** The name is not found, nobody listens, the line is cut, or it takes too long. */
const ofNetwork = /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

const isOfNetwork = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'TimeoutError' || ('code' in error && ofNetwork.test(String(error.code))));

const unavailable = (reason: string): StoaError =>
  new StoaError('UNAVAILABLE', 'The store of files does not answer.', { cause: new Error(reason) });
