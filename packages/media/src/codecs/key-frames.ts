import { byteAt, uint16At } from '../rtp/bytes.ts';

const sequenceParameters = 7;
const aggregate = 24;

/**
 * Whether a payload of H.264 (RFC 6184) begins a key frame: senders put the sequence parameters before each one, and
 * no decoder can start without them.
 */
export function readH264(packet: Uint8Array, start: number, end: number): boolean {
  const type = byteAt(packet, start) & 0x1f;
  if (type !== aggregate) return type === sequenceParameters;
  let at = start + 1;
  while (at + 2 < end) {
    if ((byteAt(packet, at + 2) & 0x1f) === sequenceParameters) return true;
    at += 2 + uint16At(packet, at);
  }
  return false;
}

/** Whether a payload of AV1 begins a coded video sequence: bit N of its aggregation header. */
export function readAv1(packet: Uint8Array, start: number): boolean {
  return (byteAt(packet, start) & 0x08) !== 0;
}
