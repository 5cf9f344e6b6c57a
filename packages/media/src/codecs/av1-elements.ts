import { byteAt } from '../rtp/bytes.ts';
import { readLeb128 } from './leb128.ts';

/**
 * The OBUs, and parts of them, in a payload of AV1 (its RTP payload format, section 4.3). The first may go on with one
 * of the packet before, and the last go on in the next.
 */
export function av1Elements(payload: Uint8Array): Uint8Array[] {
  const count = (byteAt(payload, 0) >> 4) & 0x03;
  const found: Uint8Array[] = [];
  let at = 1;
  while (at < payload.length) {
    // With a count, the last has no length of its own.
    if (count > 0 && found.length === count - 1) {
      found.push(payload.subarray(at));
      break;
    }
    const { value, length } = readLeb128(payload, at);
    at += length;
    found.push(payload.subarray(at, at + value));
    at += value;
  }
  return found;
}
