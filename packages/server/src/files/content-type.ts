import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';

/** Bytes at the beginning of a file by which its type is decided. */
export const sampleBytes = 4_100;

/** Types that a browser shows or plays, and never runs. */
const harmless = /^(image\/(png|apng|jpeg|gif|webp|avif|bmp)|(audio|video)\/[\w.+-]+)$/;

/**
 * Decides the type of a file from its first bytes. What has no signature is text or just bytes: markup and scripts are
 * text.
 */
export async function contentTypeOf(sample: Uint8Array): Promise<string> {
  const found = await fileTypeFromBuffer(sample);
  if (found !== undefined)
    return isSoundOnly(found.mime, sample) ? found.mime.replace('video', 'audio') : found.mime;
  return isText(sample) ? 'text/plain' : 'application/octet-stream';
}

/** Whether a browser may show it; everything else it is told to save. */
export const isShown = (mime: string): boolean => harmless.test(mime);

/** Containers of films hold sound alone as well: what browsers record as a voice note. Their tracks stand at the beginning. */
function isSoundOnly(mime: string, sample: Uint8Array): boolean {
  const head = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength).toString('latin1');
  if (mime === 'video/webm') return /A_(OPUS|VORBIS)/.test(head) && !/V_(VP8|VP9|AV1|MPEG)/.test(head);
  return mime === 'video/mp4' && head.includes('soun') && !head.includes('vide');
}

function isText(sample: Uint8Array): boolean {
  if (sample.includes(0)) return false;
  // The sample may end within a character.
  return [0, 1, 2, 3].some((cut) => isUtf8(sample.subarray(0, Math.max(0, sample.length - cut))));
}
