import type { VideoCodec } from './codecs.ts';
import { readAv1, readH264 } from './key-frames.ts';
import { readVp8 } from './vp8.ts';
import { readVp9 } from './vp9.ts';

/** What a video payload says that matters to forwarding it. One object is filled again for every packet. */
export interface PayloadInfo {
  /** The packet begins a frame that can be decoded without any before it. */
  startsKeyFrame: boolean;
  /** The packet begins a frame, of the lowest layer where there are some. Of VP8 and VP9. */
  startsFrame: boolean;
  /** Where the payload descriptor ends, and what the codec itself wrote begins. Of VP8 and VP9. */
  frameAt: number;
  /** -1 where the payload has none. */
  pictureId: number;
  pictureIdAt: number;
  pictureIdBits: 7 | 15;
  /** Number of the newest frame of the lowest temporal layer, 8 bits; -1 where the payload has none. */
  tl0: number;
  tl0At: number;
  /** Pixels, where a key frame tells them; otherwise 0. */
  width: number;
  height: number;
}

export function newPayloadInfo(): PayloadInfo {
  return {
    startsKeyFrame: false,
    startsFrame: false,
    frameAt: 0,
    pictureId: -1,
    pictureIdAt: 0,
    pictureIdBits: 15,
    tl0: -1,
    tl0At: 0,
    width: 0,
    height: 0,
  };
}

export function readPayload(
  codec: VideoCodec,
  packet: Uint8Array,
  start: number,
  end: number,
  into: PayloadInfo,
): void {
  clear(into);
  if (start >= end) return;
  switch (codec) {
    case 'VP8':
      readVp8(packet, start, end, into);
      return;
    case 'VP9':
      readVp9(packet, start, end, into);
      return;
    case 'H264':
      readH264(packet, start, end, into);
      return;
    case 'AV1':
      readAv1(packet, start, end, into);
      return;
  }
}

/** Field by field: for each packet, and many times as fast as `Object.assign`. */
function clear(into: PayloadInfo): void {
  into.startsKeyFrame = false;
  into.startsFrame = false;
  into.frameAt = 0;
  into.pictureId = -1;
  into.pictureIdAt = 0;
  into.pictureIdBits = 15;
  into.tl0 = -1;
  into.tl0At = 0;
  into.width = 0;
  into.height = 0;
}
