import { Packr } from 'msgpackr';
import type { Codec, WireData } from './codec.ts';

// Plain maps, no msgpackr records: any msgpack library of any language can read it.
// (Its type declarations do not know skipValues yet, hence the constant.)
const options = { useRecords: false, int64AsType: 'number', skipValues: [undefined] } as const;
const packr = new Packr({ ...options });

/** Frames as concatenated msgpack maps: the default, compact and binary-safe. */
export const msgpackCodec: Codec = {
  subprotocol: 'stoa.v1.msgpack',

  encode(frame: unknown): Uint8Array {
    return packr.pack(frame);
  },

  join(parts: readonly WireData[]): Uint8Array {
    if (parts.length === 1) return parts[0] as Uint8Array;
    let size = 0;
    for (const part of parts) size += part.length;
    const joined = new Uint8Array(size);
    let offset = 0;
    for (const part of parts as readonly Uint8Array[]) {
      joined.set(part, offset);
      offset += part.length;
    }
    return joined;
  },

  decode(data: WireData): unknown[] {
    if (typeof data === 'string') throw new Error('text where msgpack bytes were expected');
    return packr.unpackMultiple(data) as unknown[];
  },
};

/** Encodes one value for storage, in the same form as on the wire. */
export function packValue(value: unknown): Uint8Array {
  return packr.pack(value);
}

/** Reads what packValue wrote. Throws an Error when the bytes are not well-formed. */
export function unpackValue(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}
