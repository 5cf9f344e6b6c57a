import type { Codec, WireData } from './codec.ts';

/** Frames as lines of JSON, readable in any browser's tools. Bytes are `{"$bytes": "<base64>"}`. */
export const jsonCodec: Codec = {
  subprotocol: 'stoa.v1.json',

  encode(frame: unknown): string {
    return JSON.stringify(frame, replaceBytes);
  },

  join(parts: readonly WireData[]): string {
    return parts.join('\n');
  },

  decode(data: WireData): unknown[] {
    if (typeof data !== 'string') throw new Error('bytes where JSON text was expected');
    // The reviver costs a walk over every value: only when there can be something to revive.
    const reviver = data.includes('"$bytes"') ? reviveBytes : undefined;
    const frames: unknown[] = [];
    for (const line of data.split('\n')) if (line !== '') frames.push(JSON.parse(line, reviver));
    return frames;
  },
};

function replaceBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: toBase64(value) } : value;
}

function reviveBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
  return typeof value.$bytes === 'string' ? fromBase64(value.$bytes) : value;
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
