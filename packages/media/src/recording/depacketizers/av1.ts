import { av1Elements } from '../../codecs/av1-elements.ts';
import { byteAt } from '../../rtp/bytes.ts';
import { concat } from './concat.ts';
import type { Depacketizer } from './depacketizer.ts';

const temporalDelimiter = 2;
const tileList = 8;

/**
 * AV1 over RTP (the payload format of the Alliance for Open Media, section 4): OBUs come without their sizes, and may go
 * on in the next packet. In a frame of a file each has its size, and there are no temporal delimiters.
 */
export const av1: Depacketizer = {
  // Z: goes on with an OBU of the packet before.
  startsFrame: (payload) => (byteAt(payload, 0) & 0x80) === 0,
  join: (payloads) => concat(obus(payloads).map(withSize)),
};

function obus(payloads: readonly Uint8Array[]): Uint8Array[] {
  const whole: Uint8Array[] = [];
  let begun: Uint8Array[] = [];
  for (const payload of payloads) {
    const parts = av1Elements(payload);
    const continues = (byteAt(payload, 0) & 0x80) !== 0;
    const goesOn = (byteAt(payload, 0) & 0x40) !== 0;
    for (const [index, part] of parts.entries()) {
      if (!(index === 0 && continues)) begun = [];
      begun.push(part);
      if (index === parts.length - 1 && goesOn) break;
      whole.push(Buffer.concat(begun));
      begun = [];
    }
  }
  return whole.filter((obu) => obu.length > 0 && !isLeftOut(obu));
}

function isLeftOut(obu: Uint8Array): boolean {
  const type = (byteAt(obu, 0) >> 3) & 0x0f;
  return type === temporalDelimiter || type === tileList;
}

function withSize(obu: Uint8Array): Uint8Array {
  const first = byteAt(obu, 0);
  if ((first & 0x02) !== 0) return obu;
  const headerLength = (first & 0x04) === 0 ? 1 : 2;
  const header = Uint8Array.from(obu.subarray(0, headerLength));
  header[0] = first | 0x02;
  const rest = obu.subarray(headerLength);
  return Buffer.concat([header, writeLeb128(rest.length), rest]);
}

function writeLeb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}
