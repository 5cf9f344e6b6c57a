// The sub-path is msgpackr without its optional native part: a stranger's bytes stay out of C++.
import { Packr } from 'msgpackr/pack';
import type { MessageFrame } from '../frames.ts';
import type { Codec, WireData } from './codec.ts';
import { decodeErrors } from './decode-errors.ts';
import { requirePlainMsgpack } from './msgpack-check.ts';

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

/**
 * Encodes a `message` frame around a content that packValue encoded before, in half the time that decoding the
 * content and encoding the whole frame would take. The result is what msgpackCodec.encode would give.
 */
export function encodeMessage(head: Omit<MessageFrame, 'content' | 'gone'>, content: Uint8Array): Uint8Array {
  const map = packr.pack(head);
  const header = map[0] ?? 0;
  // Up to 14 members the map counts them in the low bits of its first byte, and has room for one more.
  if (header < 0x80 || header > 0x8e) {
    return msgpackCodec.encode({ ...head, content: unpackValue(content) }) as Uint8Array;
  }
  const bytes = concat([map, contentKey, content]);
  bytes[0] = header + 1;
  return bytes;
}

const contentKey = new Uint8Array(packr.pack('content'));

function concat(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const joined = new Uint8Array(size);
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
