import { byteAt } from '../rtp/bytes.ts';

/** A number of AV1 in bytes of seven bits, the lowest first, and how many bytes those are. */
export function readLeb128(bytes: Uint8Array, at: number): { value: number; length: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = byteAt(bytes, at + index);
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { value, length: index + 1 };
  }
  return { value, length: 8 };
}
