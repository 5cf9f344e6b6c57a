import { limits } from '../limits.ts';
import { decodeErrors, forbiddenKey } from './decode-errors.ts';

/**
 * Walks over msgpack without decoding it, and refuses what plain data does not need. msgpackr by itself would turn
 * extension types in a stranger's bytes into dates, sets, errors, regular expressions, references and record
 * definitions (for which it compiles code), rename the key `__proto__`, and round integers beyond 2^53.
 *
 * @throws StoaError BAD_FRAME or TOO_LARGE.
 */
export function requirePlainMsgpack(bytes: Uint8Array): void {
  let frames = 0;
  for (let at = 0; at < bytes.length; at = endOfValue(bytes, at, limits.frameDepth)) {
    frames += 1;
    if (frames > limits.framesPerSocketMessage) throw decodeErrors.tooManyFrames();
  }
  if (frames === 0) throw decodeErrors.empty();
}

/**
 * Where the value that begins at `at` ends. `depth`: how many levels of maps and arrays may be opened; it bounds
 * the recursion too.
 */
function endOfValue(bytes: Uint8Array, at: number, depth: number): number {
  const token = unsigned(bytes, at, 1);
  const next = at + 1;
  if (token < 0x80 || token >= 0xe0) return next;
  if (token < 0x90) return endOfMap(bytes, next, token & 0x0f, depth);
  if (token < 0xa0) return endOfArray(bytes, next, token & 0x0f, depth);
  if (token < 0xc0) return within(bytes, next + (token & 0x1f));
  switch (token) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return next;
    case 0xc4: // bin 8
    case 0xd9: // str 8
      return within(bytes, next + 1 + unsigned(bytes, next, 1));
    case 0xc5: // bin 16
    case 0xda: // str 16
      return within(bytes, next + 2 + unsigned(bytes, next, 2));
    case 0xc6: // bin 32
    case 0xdb: // str 32
      return within(bytes, next + 4 + unsigned(bytes, next, 4));
    case 0xcc: // uint 8
    case 0xd0: // int 8
      return within(bytes, next + 1);
    case 0xcd: // uint 16
    case 0xd1: // int 16
      return within(bytes, next + 2);
    case 0xca: // float 32
    case 0xce: // uint 32
    case 0xd2: // int 32
      return within(bytes, next + 4);
    case 0xcb: // float 64
      return within(bytes, next + 8);
    case 0xcf: // uint 64
      return endOfInt64(bytes, next, unsigned(bytes, next, 4));
    case 0xd3: // int 64
      return endOfInt64(bytes, next, unsigned(bytes, next, 4) | 0);
    case 0xdc: // array 16
      return endOfArray(bytes, next + 2, unsigned(bytes, next, 2), depth);
    case 0xdd: // array 32
      return endOfArray(bytes, next + 4, unsigned(bytes, next, 4), depth);
    case 0xde: // map 16
      return endOfMap(bytes, next + 2, unsigned(bytes, next, 2), depth);
    case 0xdf: // map 32
      return endOfMap(bytes, next + 4, unsigned(bytes, next, 4), depth);
    default:
      throw decodeErrors.malformed('Extension types of msgpack are not part of the protocol.');
  }
}

/** A count beyond what the data can hold ends the walk where the data ends: every element takes a byte at least. */
function endOfArray(bytes: Uint8Array, start: number, count: number, depth: number): number {
  if (depth === 0) throw decodeErrors.tooDeep();
  let at = start;
  for (let i = 0; i < count; i += 1) at = endOfValue(bytes, at, depth - 1);
  return at;
}

function endOfMap(bytes: Uint8Array, start: number, count: number, depth: number): number {
  if (depth === 0) throw decodeErrors.tooDeep();
  let at = start;
  for (let i = 0; i < count; i += 1) at = endOfValue(bytes, endOfKey(bytes, at), depth - 1);
  return at;
}

function endOfKey(bytes: Uint8Array, at: number): number {
  const token = unsigned(bytes, at, 1);
  const sizeOfLength = sizesOfLength.get(token);
  if (sizeOfLength === undefined && (token < 0xa0 || token >= 0xc0)) {
    throw decodeErrors.malformed('The keys of a map must be text.');
  }
  const start = at + 1 + (sizeOfLength ?? 0);
  const length = sizeOfLength === undefined ? token & 0x1f : unsigned(bytes, at + 1, sizeOfLength);
  const end = within(bytes, start + length);
  if (length === forbidden.length && forbidden.every((byte, i) => bytes[start + i] === byte)) {
    throw decodeErrors.forbiddenKey();
  }
  return end;
}

/** str 8, 16 and 32: bytes of the length that follows. */
const sizesOfLength = new Map([
  [0xd9, 1],
  [0xda, 2],
  [0xdb, 4],
]);

const forbidden = new TextEncoder().encode(forbiddenKey);

/** `high`: the upper 32 bits. Beyond the safe range a JavaScript number would hold another integer than was sent. */
function endOfInt64(bytes: Uint8Array, at: number, high: number): number {
  if (high > 0x1f_ffff || high < -0x20_0000) {
    throw decodeErrors.malformed('An integer is beyond the range of exact numbers, ±2^53.');
  }
  return within(bytes, at + 8);
}

function unsigned(bytes: Uint8Array, at: number, size: number): number {
  const end = within(bytes, at + size);
  let value = 0;
  for (let i = at; i < end; i += 1) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

function within(bytes: Uint8Array, end: number): number {
  if (end > bytes.length) throw decodeErrors.malformed('The data ends in the middle of a value.');
  return end;
}
