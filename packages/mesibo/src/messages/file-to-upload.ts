import { platform } from '#platform';

/**
 * What setContent was given, as a file: a File or Blob, what a blob: or data: URL leads to, in a browser the file of an
 * input element by its id, in Node that at a path. Undefined when it is none.
 */
export function fileToUpload(content: unknown): Blob | Promise<Blob> | undefined {
  if (content instanceof Blob) return content;
  if (typeof content !== 'string') return undefined;
  // They mean something on this device alone.
  if (/^(blob|data):/i.test(content)) return fetch(content).then((response) => response.blob());
  return platform.file(content);
}
