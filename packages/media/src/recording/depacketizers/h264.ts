import { byteAt, setUint32, uint16At } from '../../rtp/bytes.ts';
import { concat } from './concat.ts';
import type { Depacketizer } from './depacketizer.ts';

const aggregate = 24;
const fragment = 28;

/** H.264 over RTP (RFC 6184, section 5): single units, STAP-A and FU-A. In a file each has its length before it. */
export const h264: Depacketizer = {
  startsFrame: (payload) => unitType(payload) !== fragment || begins(payload),
  join: (payloads) => concat(unitsOf(payloads).flatMap((unit) => [lengthOf(unit), unit])),
};

function unitType(payload: Uint8Array): number {
  return byteAt(payload, 0) & 0x1f;
}

/** Of a fragment. */
function begins(payload: Uint8Array): boolean {
  return (byteAt(payload, 1) & 0x80) !== 0;
}

function lengthOf(unit: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  setUint32(length, 0, unit.length);
  return length;
}

function unitsOf(payloads: readonly Uint8Array[]): Uint8Array[] {
  const units: Uint8Array[] = [];
  let fragments: Uint8Array[] = [];
  for (const payload of payloads) {
    const isFragment = unitType(payload) === fragment;
    if ((!isFragment || begins(payload)) && fragments.length > 0) {
      units.push(Buffer.concat(fragments));
      fragments = [];
    }
    if (!isFragment) units.push(...(unitType(payload) === aggregate ? aggregated(payload) : [payload]));
    else if (begins(payload)) fragments = [headerOf(payload), payload.subarray(2)];
    else if (fragments.length > 0) fragments.push(payload.subarray(2));
  }
  if (fragments.length > 0) units.push(Buffer.concat(fragments));
  return units.filter((unit) => unit.length > 0);
}

/** The header of the unit that is in fragments. */
function headerOf(payload: Uint8Array): Uint8Array {
  return Uint8Array.of((byteAt(payload, 0) & 0xe0) | (byteAt(payload, 1) & 0x1f));
}

function aggregated(payload: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 1;
  while (at + 2 < payload.length) {
    const length = uint16At(payload, at);
    found.push(payload.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}
