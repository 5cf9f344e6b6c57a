import { imageSize } from 'image-size';
import { contentTypeOf, sampleBytes } from './content-type.ts';

/** Bytes at the beginning of a picture among which its size stands: camera data and previews may come before it. */
export const headBytes = 256 * 1024;

/** Pixels that a picture says it has, by its first bytes; of several pictures in one the largest. 0 when that is not known. */
export function pixelsOf(head: Uint8Array): number {
  try {
    const { width, height, images = [] } = imageSize(head);
    return Math.max(width * height, ...images.map((each) => each.width * each.height));
  } catch {
    return 0;
  }
}

/** Whether a browser can open these bytes as a picture without taking much memory. */
export async function isSmallPicture(bytes: Uint8Array): Promise<boolean> {
  const mime = await contentTypeOf(bytes.subarray(0, sampleBytes));
  const pixels = pixelsOf(bytes);
  return /^image\/(png|jpeg|gif|webp)$/.test(mime) && pixels > 0 && pixels <= smallPixels;
}

const smallPixels = 25_000_000;
