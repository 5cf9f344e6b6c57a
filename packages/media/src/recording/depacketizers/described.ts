import { newPayloadInfo, type PayloadInfo, readPayload } from '../../codecs/payload.ts';
import { concat } from './concat.ts';
import type { Depacketizer } from './depacketizer.ts';

/**
 * VP8 (RFC 7741) and VP9 (RFC 9628): the descriptor of each payload goes, the rest is the frame. Frames of several
 * spatial layers follow one another.
 */
export function described(codec: 'VP8' | 'VP9'): Depacketizer {
  const read = (payload: Uint8Array): PayloadInfo => {
    const info = newPayloadInfo();
    readPayload(codec, payload, 0, payload.length, info);
    return info;
  };
  return {
    startsFrame: (payload) => read(payload).startsFrame,
    join: (payloads) => concat(payloads.map((payload) => payload.subarray(read(payload).frameAt))),
  };
}
