export type Kind = 'audio' | 'video';
export type AudioCodec = 'opus' | 'red';
export type VideoCodec = 'VP8' | 'VP9' | 'H264' | 'AV1';
export type Codec = AudioCodec | VideoCodec;

export interface CodecDescription {
  readonly codec: Codec;
  readonly kind: Kind;
  /** Ticks of the RTP timestamp per second. */
  readonly clockRate: number;
  readonly channels?: number;
  /** What we call it in our offers. */
  readonly payloadType: number;
  /** What we call its retransmissions; 0 for none. */
  readonly rtxPayloadType: number;
  readonly parameters?: string;
}

/** All codecs that are forwarded, in the order of our offers. None is decoded. */
export const codecs: readonly CodecDescription[] = [
  {
    codec: 'opus',
    kind: 'audio',
    clockRate: 48_000,
    channels: 2,
    payloadType: 111,
    rtxPayloadType: 0,
    parameters: 'minptime=10;useinbandfec=1;usedtx=1',
  },
  {
    codec: 'red',
    kind: 'audio',
    clockRate: 48_000,
    channels: 2,
    payloadType: 63,
    rtxPayloadType: 0,
    parameters: '111/111',
  },
  { codec: 'VP8', kind: 'video', clockRate: 90_000, payloadType: 96, rtxPayloadType: 97 },
  {
    codec: 'VP9',
    kind: 'video',
    clockRate: 90_000,
    payloadType: 98,
    rtxPayloadType: 99,
    parameters: 'profile-id=0',
  },
  {
    codec: 'H264',
    kind: 'video',
    clockRate: 90_000,
    payloadType: 102,
    rtxPayloadType: 103,
    parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  },
  { codec: 'AV1', kind: 'video', clockRate: 90_000, payloadType: 45, rtxPayloadType: 46 },
];

const byName = new Map(codecs.map((each) => [each.codec, each]));

export function describeCodec(codec: Codec): CodecDescription {
  const found = byName.get(codec);
  if (found === undefined) throw new TypeError(`There is no codec "${codec}".`);
  return found;
}
