import { byteAt } from '../../rtp/bytes.ts';
import { concat } from './concat.ts';
import type { Depacketizer } from './depacketizer.ts';

/** VP8 over RTP (RFC 7741, section 4.2): the descriptor goes, the rest is the frame. */
export const vp8: Depacketizer = {
  startsFrame: (payload) => (byteAt(payload, 0) & 0x10) !== 0 && (byteAt(payload, 0) & 0x07) === 0,
  join: (payloads) => concat(payloads.map((payload) => payload.subarray(descriptorLength(payload)))),
};

function descriptorLength(payload: Uint8Array): number {
  if ((byteAt(payload, 0) & 0x80) === 0) return 1;
  const has = byteAt(payload, 1);
  let length = 2;
  if ((has & 0x80) !== 0) length += (byteAt(payload, length) & 0x80) === 0 ? 1 : 2;
  if ((has & 0x40) !== 0) length += 1;
  if ((has & 0x30) !== 0) length += 1;
  return length;
}
