import { byteAt, uint16At } from '../rtp/bytes.ts';
import type { PayloadInfo } from './payload.ts';

/** The payload descriptor of VP8 (RFC 7741, section 4.2), and the frame header of a key frame (RFC 6386, section 9.1). */
export function readVp8(packet: Uint8Array, start: number, end: number, into: PayloadInfo): void {
  const descriptor = byteAt(packet, start);
  const startsFirstPartition = (descriptor & 0x10) !== 0 && (descriptor & 0x07) === 0;
  let at = start + 1;
  if ((descriptor & 0x80) !== 0) {
    const has = byteAt(packet, at++);
    if ((has & 0x80) !== 0) at = readPictureId(packet, at, end, into);
    if ((has & 0x40) !== 0) {
      if (at < end) {
        into.tl0 = byteAt(packet, at);
        into.tl0At = at;
      }
      at += 1;
    }
    if ((has & 0x30) !== 0) at += 1;
  }
  into.startsFrame = startsFirstPartition;
  into.frameAt = at;
  if (!startsFirstPartition || at >= end || (byteAt(packet, at) & 0x01) !== 0) return;
  into.startsKeyFrame = true;
  if (at + 10 > end) return;
  into.width = littleEndian14(packet, at + 6);
  into.height = littleEndian14(packet, at + 8);
}

/** A picture id of 7 or 15 bits, as VP8 and VP9 write it. Answers where it ends. */
export function readPictureId(packet: Uint8Array, at: number, end: number, into: PayloadInfo): number {
  const long = (byteAt(packet, at) & 0x80) !== 0;
  const after = at + (long ? 2 : 1);
  if (after > end) return after;
  into.pictureIdAt = at;
  into.pictureIdBits = long ? 15 : 7;
  into.pictureId = long ? uint16At(packet, at) & 0x7fff : byteAt(packet, at) & 0x7f;
  return after;
}

function littleEndian14(packet: Uint8Array, at: number): number {
  return (byteAt(packet, at) | (byteAt(packet, at + 1) << 8)) & 0x3fff;
}
