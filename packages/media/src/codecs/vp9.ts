import { byteAt, uint16At } from '../rtp/bytes.ts';
import type { PayloadInfo } from './payload.ts';
import { readPictureId } from './vp8.ts';

/** The payload descriptor of VP9 (RFC 9628, section 4.2). */
export function readVp9(packet: Uint8Array, start: number, end: number, into: PayloadInfo): void {
  const flags = byteAt(packet, start);
  const has = (bit: number) => (flags & bit) !== 0;
  const [pictureId, interPicture, layers, flexible, begins, structure] = [
    0x80, 0x40, 0x20, 0x10, 0x08, 0x02,
  ].map(has);
  let at = start + 1;
  let spatialLayer = 0;
  if (pictureId) at = readPictureId(packet, at, end, into);
  if (layers) {
    spatialLayer = (byteAt(packet, at) >> 1) & 0x07;
    at += 1;
    if (!flexible) {
      if (at < end) {
        into.tl0 = byteAt(packet, at);
        into.tl0At = at;
      }
      at += 1;
    }
  }
  if (flexible && interPicture) {
    // At most three references; the lowest bit says that another follows.
    for (let count = 0; count < 3; count += 1) {
      if ((byteAt(packet, at++) & 0x01) === 0) break;
    }
  }
  into.startsFrame = begins === true && spatialLayer === 0;
  into.frameAt = structure === true ? structureEnd(packet, at, end) : at;
  if (at >= end) return;
  into.startsKeyFrame = into.startsFrame && interPicture === false;
  if (structure) readLargestSize(packet, at, end, into);
}

/** Where the scalability structure ends: the sizes of layers, and the pictures of a group with their references. */
function structureEnd(packet: Uint8Array, start: number, end: number): number {
  const first = byteAt(packet, start);
  let at = start + 1;
  if ((first & 0x10) !== 0) at += ((first >> 5) + 1) * 4;
  if ((first & 0x08) === 0) return at;
  const pictures = byteAt(packet, at);
  at += 1;
  for (let index = 0; index < pictures && at < end; index += 1) at += 1 + ((byteAt(packet, at) >> 2) & 0x03);
  return at;
}

function readLargestSize(packet: Uint8Array, start: number, end: number, into: PayloadInfo): void {
  const first = byteAt(packet, start);
  const layers = (first >> 5) + 1;
  const sizesFollow = (first & 0x10) !== 0;
  const last = start + 1 + 4 * (layers - 1);
  if (!sizesFollow || last + 4 > end) return;
  into.width = uint16At(packet, last);
  into.height = uint16At(packet, last + 2);
}
