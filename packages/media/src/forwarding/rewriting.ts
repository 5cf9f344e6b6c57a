import { setUint16 } from '../rtp/bytes.ts';
import { unwrap32, unwrapBits } from '../rtp/sequence.ts';
import type { MediaPacket } from './media-packet.ts';
import type { Source } from './source.ts';

/** The numbers of a slot's stream so far, counted on beyond their width. -1 before the first packet. */
export interface Written {
  sequence: number;
  timestamp: number;
  pictureId: number;
  tl0: number;
}

/** How a source's numbers become those of the slot, from its first packet there until the next source's. */
export interface Segment {
  readonly source: Source;
  /** First packet of the source that is forwarded, and its number in the slot's stream. */
  readonly firstOfSource: number;
  readonly first: number;
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
      timestampOffset: ideal - packet.timestamp,
      pictureIdOffset: 0,
      tl0Offset: 0,
    };
  }
  const timestamp = Math.max(Math.round(ideal), written.timestamp + smallestStep(source));
  return {
    source,
    firstOfSource: packet.sequence,
    first: written.sequence + 1,
    timestampOffset: timestamp - packet.timestamp,
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

/** Notes the highest numbers that the stream has reached. */
export function advance(written: Written, segment: Segment, packet: MediaPacket): void {
  const { payload } = packet;
  written.sequence = Math.max(written.sequence, sequenceIn(segment, packet));
  const timestamp = unwrap32(written.timestamp, packet.timestamp + segment.timestampOffset);
  written.timestamp = Math.max(written.timestamp, timestamp);
  if (payload.pictureId >= 0) {
    const { pictureIdBits: bits } = payload;
    const id = payload.pictureId + segment.pictureIdOffset;
    written.pictureId = highest(written.pictureId, id, bits);
  }
  if (payload.tl0 >= 0) written.tl0 = highest(written.tl0, payload.tl0 + segment.tl0Offset, 8);
}

function highest(before: number, value: number, bits: number): number {
  return before < 0 ? value : Math.max(before, unwrapBits(before, value, bits));
}
