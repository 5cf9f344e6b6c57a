import { limits } from '../limits.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { Codec, WireData } from './codec.ts';
import { decodeErrors, forbiddenKey } from './decode-errors.ts';

/** Frames as lines of JSON, readable in any browser's tools. Bytes are `{"$bytes": "<base64>"}`. */
export const jsonCodec: Codec = {
  subprotocol: 'stoa.v1.json',

  encode(frame: unknown): string {
    // A replacer doubles the cost, and few frames hold bytes.
    return holdsBytes(frame) ? JSON.stringify(frame, replaceBytes) : JSON.stringify(frame);
  },

  join(parts: readonly WireData[]): string {
    return parts.join('\n');
  },

  decode(data: WireData): unknown[] {
    if (typeof data !== 'string') throw decodeErrors.malformed('Bytes came where JSON text was expected.');
    const frames: unknown[] = [];
    for (let start = 0; start < data.length; ) {
      const newline = data.indexOf('\n', start);
      const end = newline < 0 ? data.length : newline;
      if (end > start) {
        if (frames.length === limits.framesPerSocketMessage) throw decodeErrors.tooManyFrames();
        frames.push(toPlain(parse(data.slice(start, end)), limits.frameDepth));
      }
      start = end + 1;
    }
    if (frames.length === 0) throw decodeErrors.empty();
    return frames;
  },
};

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Without the cause: its message repeats the text, which may hold a token.
    throw decodeErrors.malformed('A line is not well-formed JSON.');
  }
}

/**
 * Puts bytes in the place of `$bytes` maps, in the given value itself. `depth`: how many levels of maps and arrays
 * may be opened; it bounds the recursion too.
 */
function toPlain(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) throw decodeErrors.tooDeep();
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (typeof item === 'object') value[index] = toPlain(item, depth - 1);
    }
    return value;
  }
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) {
    if (key === '$bytes') return toBytes(members);
    if (key === forbiddenKey) throw decodeErrors.forbiddenKey();
    const member = members[key];
    if (typeof member === 'object') members[key] = toPlain(member, depth - 1);
  }
  return members;
}

function toBytes(members: Record<string, unknown>): Uint8Array {
  const { $bytes: text, ...others } = members;
  const bytes = typeof text === 'string' ? fromBase64(text) : undefined;
  if (bytes === undefined || Object.keys(others).length > 0) {
    throw decodeErrors.malformed('A "$bytes" map must have no other member, and base64 text in this one.');
  }
  return bytes;
}

function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Uint8Array) return true;
  const members = value as Record<string, unknown>;
  for (const key in members) {
    const member = members[key];
    if (typeof member === 'object' && holdsBytes(member)) return true;
  }
  return false;
}

/** Looks at the member itself: what comes as `value` went through `toJSON`, which Node's Buffers have. */
function replaceBytes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const member = this[key];
  return member instanceof Uint8Array ? { $bytes: toBase64(member) } : value;
}
