// The sub-path is msgpackr without its optional native part: a stranger's bytes stay out of C++.
import { Packr } from 'msgpackr/pack';
import type { Codec, WireData } from './codec.ts';
import { decodeErrors } from './decode-errors.ts';
import { requirePlainMsgpack } from './msgpack-check.ts';
import { allocate } from './slab.ts';

// Plain maps, no msgpackr records: any msgpack library of any language can read it. Decoded bytes are copies, so
// that a few of them do not keep a whole WebSocket message in memory. A member named toJSON is only a member.
// (The type declarations do not know skipValues yet, hence the constant.)
const options = {
  useRecords: false,
  int64AsType: 'number',
  skipValues: [undefined],
  copyBuffers: true,
  useToJSON: false,
} as const;
const packr = new Packr({ ...options });

/** Frames as concatenated msgpack maps: the default, compact and binary-safe. */
export const msgpackCodec: Codec = {
  subprotocol: 'stoa.v1.msgpack',

  encode(frame: unknown): Uint8Array {
    return packr.pack(frame);
  },

  join(parts: readonly WireData[]): Uint8Array {
    return parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts as readonly Uint8Array[]);
  },

  decode(data: WireData): unknown[] {
    if (typeof data === 'string') {
      throw decodeErrors.malformed('Text came where binary msgpack was expected.');
    }
    const bytes = withoutBuffer(data);
    requirePlainMsgpack(bytes);
    return packr.unpackMultiple(bytes) as unknown[];
  },
};

/**
 * Encodes one value for storage, in the same form as on the wire. The result may share its memory with others, like
 * that of msgpackCodec.encode.
 */
export function packValue(value: unknown): Uint8Array {
  return packr.pack(value);
}

/** Reads what packValue wrote; bytes from anywhere else are for msgpackCodec.decode. */
export function unpackValue(bytes: Uint8Array): unknown {
  return packr.unpack(withoutBuffer(bytes));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const joined = allocate(size);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The same bytes as a plain Uint8Array: from a Buffer of Node msgpackr would make further Buffers. */
function withoutBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
