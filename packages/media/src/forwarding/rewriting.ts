import { setUint16 } from '../rtp/bytes.ts';
import type { MediaPacket } from './media-packet.ts';
import type { Source } from './source.ts';

/** The newest numbers of a slot's stream, when a segment of it has ended. */
export interface Written {
  /** Counted on beyond 16 bits. */
  readonly sequence: number;
  /** Of 32 bits, with a sign. */
  readonly timestamp: number;
  /** Of the width in which they are sent; -1 before the first. */
  readonly pictureId: number;
  readonly tl0: number;
}

/** How a source's numbers become those of the slot, from its first packet there until the next source's. */
export interface Segment {
  readonly source: Source;
  /** First packet of the source that is forwarded, and its number in the slot's stream. */
  readonly firstOfSource: number;
  readonly first: number;
  /** Of 32 bits, with a sign: such numbers V8 keeps in the object itself, which is read for every packet. */
  readonly timestampOffset: number;
  readonly pictureIdOffset: number;
  readonly tl0Offset: number;
}

/** The step of time between frames when nothing tells it: a 30th of a second. */
function smallestStep(source: Source): number {
  return source.kind === 'video' ? source.clockRate / 30 : source.clockRate / 50;
}

/**
 * Continues the stream with this packet of a source that was not shown before. The number goes on without a gap; the
 * timestamp by the time that has passed between both recordings, but always forward.
 */
export function beginSegment(
  source: Source,
  packet: MediaPacket,
  written: Written | undefined,
  ideal: number,
): Segment {
  const { payload } = packet;
  if (written === undefined) {
    return {
      source,
      firstOfSource: packet.sequence,
      first: packet.sequence & 0xffff,
      timestampOffset: (ideal - packet.timestamp) | 0,
      pictureIdOffset: 0,
      tl0Offset: 0,
    };
  }
  const passed = Math.max((Math.round(ideal) - written.timestamp) | 0, smallestStep(source));
  return {
    source,
    firstOfSource: packet.sequence,
    first: written.sequence + 1,
    timestampOffset: (written.timestamp + passed - packet.timestamp) | 0,
    pictureIdOffset:
      written.pictureId < 0 || payload.pictureId < 0 ? 0 : written.pictureId + 1 - payload.pictureId,
    tl0Offset: written.tl0 < 0 || payload.tl0 < 0 ? 0 : written.tl0 + 1 - payload.tl0,
  };
}

export function sequenceIn(segment: Segment, packet: MediaPacket): number {
  return segment.first + packet.sequence - segment.firstOfSource;
}

/** Writes the slot's picture ids over the source's. The parsed ones stay as they were, for the other receivers. */
export function writePictureIds(segment: Segment, { buffer, payload }: MediaPacket): void {
  if (payload.pictureId >= 0) {
    const id = payload.pictureId + segment.pictureIdOffset;
    if (payload.pictureIdBits === 15) setUint16(buffer, payload.pictureIdAt, 0x8000 | (id & 0x7fff));
    else buffer[payload.pictureIdAt] = id & 0x7f;
  }
  if (payload.tl0 >= 0) buffer[payload.tl0At] = payload.tl0 + segment.tl0Offset;
}

/** What the stream has come to with the newest packet of a segment. Of ids that it has none of, those before it count. */
export function endSegment(segment: Segment, packet: MediaPacket, before: Written | undefined): Written {
  const { pictureId, pictureIdBits, tl0 } = packet.payload;
  return {
    sequence: sequenceIn(segment, packet),
    timestamp: (packet.timestamp + segment.timestampOffset) | 0,
    pictureId:
      pictureId < 0
        ? (before?.pictureId ?? -1)
        : (pictureId + segment.pictureIdOffset) & (2 ** pictureIdBits - 1),
    tl0: tl0 < 0 ? (before?.tl0 ?? -1) : (tl0 + segment.tl0Offset) & 0xff,
  };
}
