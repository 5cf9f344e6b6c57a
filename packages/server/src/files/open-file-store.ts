import { join } from 'node:path';
import { StoaError } from '@stoa/protocol';
import type { S3Address } from '../settings/index.ts';
import { DiskFileStore } from './disk-file-store.ts';
import type { FileStore } from './file-store.ts';

/**
 * Where complete files are kept: on a store that speaks S3, if one is named, otherwise in a folder. A store that does not
 * answer now may do so later: that is told to `onError`.
 *
 * @throws Error that says in one line why the bucket cannot be used.
 */
export async function openFileStore(
  s3: S3Address | null,
  folder: string,
  onError: (error: unknown) => void,
): Promise<FileStore> {
  if (s3 === null) return new DiskFileStore(join(folder, 'stored'));
  // It takes long to load, and few need it.
  const { S3FileStore } = await import('./s3-file-store.ts');
  const store = new S3FileStore(s3);
  try {
    await store.check();
  } catch (error) {
    if (!(error instanceof StoaError)) {
      store.close();
      throw new Error(`The bucket ${s3.bucket} of STOA_FILES cannot be used: ${messageOf(error)}`);
    }
    onError(error);
  }
  return store;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
