import { setUint16 } from '../rtp/bytes.ts';
import type { Frame, PlayableTrack } from './media-files.ts';

/** With all headers, and those of SRTP, UDP and IPv6, less than what any path takes: 1,280 bytes. */
const mostBytes = 1100;

/** The payloads of RTP packets that carry one frame, in order. */
export type Packetizer = (frame: Frame) => Buffer[];

export function packetizerOf({ codec, width, height }: PlayableTrack): Packetizer {
  if (codec === 'opus') return ({ data }) => [Buffer.from(data)];
  let pictureId = 0;
  return ({ data, isKey }) => {
    pictureId = (pictureId + 1) & 0x7fff;
    const parts = inParts(data);
    return parts.map((part, index) => {
      const place = { pictureId, isKey, begins: index === 0, ends: index === parts.length - 1 };
      const descriptor = codec === 'VP8' ? vp8Descriptor(place) : vp9Descriptor(place, { width, height });
      return Buffer.concat([descriptor, part]);
    });
  };
}

interface Place {
  readonly pictureId: number;
  readonly isKey: boolean;
  readonly begins: boolean;
  readonly ends: boolean;
}

/** RFC 7741, section 4.2: a picture id of 15 bits, all in the first partition. */
function vp8Descriptor({ pictureId, begins }: Place): Buffer {
  return Buffer.from([0x80 | (begins ? 0x10 : 0), 0x80, 0x80 | (pictureId >> 8), pictureId & 0xff]);
}

/** RFC 9628, section 4.2: not flexible, one layer; key frames begin with their size. */
function vp9Descriptor({ pictureId, isKey, begins, ends }: Place, size: Size): Buffer {
  const tellsSize = isKey && begins;
  const flags = 0x80 | (isKey ? 0 : 0x40) | (begins ? 0x08 : 0) | (ends ? 0x04 : 0) | (tellsSize ? 0x02 : 0);
  const descriptor = Buffer.alloc(tellsSize ? 8 : 3);
  descriptor[0] = flags;
  setUint16(descriptor, 1, 0x8000 | pictureId);
  if (!tellsSize) return descriptor;
  descriptor[3] = 0x10;
  setUint16(descriptor, 4, size.width);
  setUint16(descriptor, 6, size.height);
  return descriptor;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** About equal parts: a frame that is a little too long is not followed by a tiny packet. */
function inParts(data: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(data.length / mostBytes));
  const bytes = Math.ceil(data.length / count);
  return Array.from({ length: count }, (_, index) => data.subarray(index * bytes, (index + 1) * bytes));
}
