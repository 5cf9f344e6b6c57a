import { parse } from 'range-parser';
import type { ByteRange } from '../files/index.ts';

/**
 * The part of a file of `size` bytes that a `Range` header asks for. Undefined when all of it is to be sent: there is
 * no header, it is not understood, or it asks for several parts, which nobody needs and many together could be larger
 * than the file.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  if (header === undefined || !/^bytes=\s*(?:\d{1,15}-\d{0,15}|-\d{1,15})\s*$/.test(header)) return undefined;
  const { code, ranges } = parse(size, header);
  const [range] = ranges;
  if (range !== undefined) return { start: range.start, end: range.end };
  return code === 2 ? 'unsatisfiable' : undefined;
}
