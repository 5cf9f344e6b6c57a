import { limits } from '@stoa/protocol';

/** Control characters, and those that turn the direction of writing: `gpj.exe` must not look like `exe.jpg`. */
const unshown = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const longestEnding = 16;

/**
 * The name under which a file is shown and saved: the last part of a path, readable, of a bounded length, with its
 * ending. It is never the name of a file on the server.
 */
export function cleanFileName(name: string): string {
  const [last = ''] = name
    .slice(-4 * limits.fileNameLength)
    .split(/[/\\]/)
    .slice(-1);
  const clean = last
    .replaceAll(unshown, '')
    .normalize('NFC')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  if (clean === '') return 'file';
  if (clean.length <= limits.fileNameLength) return clean;
  const ending = /\.[^.\s]{1,15}$/.exec(clean)?.[0] ?? '';
  return `${clean.slice(0, limits.fileNameLength - longestEnding).toWellFormed()}${ending}`;
}
