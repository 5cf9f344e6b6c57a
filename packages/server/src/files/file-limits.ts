import { limits as bounds, StoaError } from '@stoa/protocol';

/** What a user may upload. */
export interface FileLimits {
  /** Of one file. */
  readonly bytes: number;
  /** Of all files of a user. Infinity for any number. */
  readonly bytesPerUser: number;
  /** Beginnings of the types that are accepted, such as `image/`; all when it is empty. */
  readonly types: readonly string[];
}

interface Megabytes {
  readonly fileMegabytes: number;
  readonly fileMegabytesPerUser: number;
}

/** What the server allows, unless the app says otherwise; 0 stands for no limit. */
export function fileLimits(
  { fileMegabytes, fileMegabytesPerUser }: Megabytes,
  {
    megabytes = fileMegabytes,
    megabytesPerUser = fileMegabytesPerUser,
    types = [],
  }: { megabytes?: number; megabytesPerUser?: number; types?: readonly string[] },
): FileLimits {
  const bytesOf = (count: number) => (count === 0 ? Number.POSITIVE_INFINITY : count * 1_000_000);
  return { bytes: bytesOf(megabytes), bytesPerUser: bytesOf(megabytesPerUser), types };
}

/** Uploads that a user may have begun and not ended. */
export const unfinishedPerUser = 100;

/** @throws StoaError TOO_LARGE */
export function requireSize(bytes: number, limits: FileLimits): void {
  if (bytes <= limits.bytes) return;
  throw new StoaError('TOO_LARGE', `The file has ${bytes} bytes; the limit is ${limits.bytes}.`, {
    hint: 'Send a smaller file, or ask the operator to raise the limit.',
  });
}

/**
 * A picture of a few kilobytes can say that it has billions of pixels, and takes the memory of whoever looks at it.
 *
 * @throws StoaError TOO_LARGE
 */
export function requirePixels(pixels: number): void {
  if (pixels <= bounds.picturePixels) return;
  throw new StoaError(
    'TOO_LARGE',
    `The picture has ${pixels} pixels; the limit is ${bounds.picturePixels}.`,
    {
      hint: 'Send a smaller picture.',
    },
  );
}

/** @throws StoaError QUOTA_EXCEEDED */
export function requireQuota(bytes: number, limits: FileLimits): void {
  if (bytes <= limits.bytesPerUser) return;
  throw new StoaError(
    'QUOTA_EXCEEDED',
    `With this file, the user would have ${bytes} bytes of files; the limit is ${limits.bytesPerUser}.`,
  );
}

/** @throws StoaError UNSUPPORTED_TYPE */
export function requireType(mime: string, { types }: FileLimits): void {
  if (types.length === 0 || types.some((beginning) => mime.startsWith(beginning))) return;
  throw new StoaError('UNSUPPORTED_TYPE', `The file is of the type ${mime}, which is not accepted.`);
}
