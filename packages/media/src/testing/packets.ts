import { setUint16, setUint32 } from '../rtp/bytes.ts';

export interface TestPacket {
  readonly payloadType?: number;
  readonly sequence?: number;
  readonly timestamp?: number;
  readonly ssrc?: number;
  readonly marker?: boolean;
  readonly extensions?: readonly { readonly id: number; readonly data: Uint8Array }[];
  readonly payload?: Uint8Array;
  readonly padding?: number;
}

/** An RTP packet, its extensions with one-byte headers where they are short enough. */
export function rtpPacket(from: TestPacket): Buffer {
  const { extensions = [], payload = Buffer.alloc(0), padding = 0 } = from;
  const header = Buffer.alloc(12);
  header[0] = 0x80 | (extensions.length > 0 ? 0x10 : 0) | (padding > 0 ? 0x20 : 0);
  header[1] = (from.marker ? 0x80 : 0) | (from.payloadType ?? 96);
  setUint16(header, 2, from.sequence ?? 0);
  setUint32(header, 4, from.timestamp ?? 0);
  setUint32(header, 8, from.ssrc ?? 1);
  const end = Buffer.alloc(padding);
  if (padding > 0) end[padding - 1] = padding;
  return Buffer.concat([header, extensionBlock(extensions), payload, end]);
}

function extensionBlock(extensions: NonNullable<TestPacket['extensions']>): Buffer {
  if (extensions.length === 0) return Buffer.alloc(0);
  const short = extensions.every(({ id, data }) => id < 15 && data.length <= 16 && data.length > 0);
  const elements = extensions.map(({ id, data }) =>
    Buffer.concat([Buffer.from(short ? [(id << 4) | (data.length - 1)] : [id, data.length]), data]),
  );
  const body = Buffer.concat(elements);
  const block = Buffer.alloc(4 + ((body.length + 3) & ~3));
  setUint16(block, 0, short ? 0xbede : 0x1000);
  setUint16(block, 2, (block.length - 4) / 4);
  body.copy(block, 4);
  return block;
}

/** A VP8 payload: descriptor with a picture id of 15 bits and a tl0, then a frame header, then `filler`. */
export function vp8Payload(from: {
  readonly keyFrame: boolean;
  readonly pictureId: number;
  readonly tl0?: number;
  readonly begins?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly filler?: Uint8Array;
}): Buffer {
  const { width = 640, height = 360, begins = true } = from;
  const descriptor = Buffer.from([begins ? 0x90 : 0x80, 0xc0, 0x80, 0, from.tl0 ?? 0]);
  setUint16(descriptor, 2, 0x8000 | (from.pictureId & 0x7fff));
  const frame = Buffer.from([from.keyFrame ? 0 : 1, 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 0, 0]);
  frame.writeUInt16LE(width, 6);
  frame.writeUInt16LE(height, 8);
  return Buffer.concat([descriptor, begins ? frame : Buffer.alloc(0), from.filler ?? Buffer.alloc(0)]);
}
