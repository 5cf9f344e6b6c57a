import { byteAt, uint16At } from '../../rtp/bytes.ts';
import { concat } from './concat.ts';
import type { Depacketizer } from './depacketizer.ts';

const aggregate = 24;
const fragment = 28;
const startCode = Uint8Array.of(0, 0, 0, 1);

/** H.264 over RTP (RFC 6184, section 5): single units, STAP-A and FU-A; frames have the form of annex B. */
export const h264: Depacketizer = {
  startsFrame: (payload) => unitType(payload) !== fragment || (byteAt(payload, 1) & 0x80) !== 0,
  join: (payloads) => concat(payloads.flatMap(units)),
};

function unitType(payload: Uint8Array): number {
  return byteAt(payload, 0) & 0x1f;
}

function units(payload: Uint8Array): Uint8Array[] {
  switch (unitType(payload)) {
    case aggregate:
      return aggregated(payload);
    case fragment: {
      const rest = payload.subarray(2);
      if ((byteAt(payload, 1) & 0x80) === 0) return [rest];
      const header = (byteAt(payload, 0) & 0xe0) | (byteAt(payload, 1) & 0x1f);
      return [startCode, Uint8Array.of(header), rest];
    }
    default:
      return payload.length === 0 ? [] : [startCode, payload];
  }
}

function aggregated(payload: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 1;
  while (at + 2 < payload.length) {
    const length = uint16At(payload, at);
    found.push(startCode, payload.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}
