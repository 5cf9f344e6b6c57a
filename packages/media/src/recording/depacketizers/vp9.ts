import { byteAt } from '../../rtp/bytes.ts';
import { concat } from './concat.ts';
import type { Depacketizer } from './depacketizer.ts';

/** VP9 over RTP (RFC 9628, section 4.2): the descriptor goes; frames of several spatial layers follow one another. */
export const vp9: Depacketizer = {
  // B: begins a frame of a layer; the picture begins with that of the lowest.
  startsFrame: (payload) => (byteAt(payload, 0) & 0x08) !== 0 && spatialLayer(payload) === 0,
  join: (payloads) => concat(payloads.map((payload) => payload.subarray(descriptorLength(payload)))),
};

/** Where the indices of the layers are; after the picture id. */
function afterPictureId(payload: Uint8Array): number {
  if ((byteAt(payload, 0) & 0x80) === 0) return 1;
  return (byteAt(payload, 1) & 0x80) === 0 ? 2 : 3;
}

function spatialLayer(payload: Uint8Array): number {
  if ((byteAt(payload, 0) & 0x20) === 0) return 0;
  return (byteAt(payload, afterPictureId(payload)) >> 1) & 0x07;
}

function descriptorLength(payload: Uint8Array): number {
  const first = byteAt(payload, 0);
  const flexible = (first & 0x10) !== 0;
  let length = afterPictureId(payload);
  if ((first & 0x20) !== 0) length += flexible ? 1 : 2;
  if (flexible && (first & 0x40) !== 0) length += differences(payload, length);
  if ((first & 0x02) !== 0) length += structureLength(payload, length);
  return length;
}

/** Up to three references, of which each but the last says that another follows. */
function differences(payload: Uint8Array, at: number): number {
  let count = 1;
  while (count < 3 && (byteAt(payload, at + count - 1) & 0x01) !== 0) count += 1;
  return count;
}

function structureLength(payload: Uint8Array, at: number): number {
  const first = byteAt(payload, at);
  let length = 1;
  if ((first & 0x10) !== 0) length += ((first >> 5) + 1) * 4;
  if ((first & 0x08) === 0) return length;
  const pictures = byteAt(payload, at + length);
  length += 1;
  for (let index = 0; index < pictures && at + length < payload.length; index += 1) {
    length += 1 + ((byteAt(payload, at + length) >> 2) & 0x03);
  }
  return length;
}
