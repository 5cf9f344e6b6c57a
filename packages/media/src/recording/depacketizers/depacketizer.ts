import type { Codec } from '../../codecs/codecs.ts';
import { av1 } from './av1.ts';
import { described } from './described.ts';
import { h264 } from './h264.ts';

/** How the frames of a codec lie in the payloads of RTP packets. */
export interface Depacketizer {
  /** Whether a frame begins with this payload. What is between a loss and the next such packet is of no use. */
  readonly startsFrame: (payload: Uint8Array) => boolean;
  /** The frame of the payloads of all its packets, in order; `undefined` when they do not make one. */
  readonly join: (payloads: readonly Uint8Array[]) => Uint8Array | undefined;
}

const byCodec: Readonly<Record<Exclude<Codec, 'opus' | 'red'>, Depacketizer>> = {
  VP8: described('VP8'),
  VP9: described('VP9'),
  H264: h264,
  AV1: av1,
};

export function depacketizerOf(codec: Exclude<Codec, 'opus' | 'red'>): Depacketizer {
  return byCodec[codec];
}
