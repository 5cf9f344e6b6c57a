import { imageSize } from 'image-size';

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
