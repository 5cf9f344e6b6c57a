import { newPayloadInfo, type PayloadInfo } from '../codecs/payload.ts';
import type { HeaderExtensions } from '../rtp/header-extensions.ts';

/**
 * A received packet as it waits to be forwarded and sent again. Its payload stays where the library has put it; the
 * bytes before the payload are free, and every receiver's header is written there.
 */
export interface MediaPacket {
  buffer: Buffer;
  payloadStart: number;
  payloadEnd: number;
  /** Counted on beyond 16 bits. */
  sequence: number;
  /** The 32 bits of the publisher. */
  timestamp: number;
  marker: boolean;
  /** Milliseconds of our clock. */
  receivedAt: number;
  audioLevel: number;
  voice: boolean;
  orientation: number;
  /** The AV1 dependency descriptor, passed through; empty for none. */
  descriptor: Buffer;
  readonly payload: PayloadInfo;
  /** As it was written for viewers, at a moment of our clock; `undefined` before, and after it was written otherwise. */
  outgoing: Buffer | undefined;
  outgoingAt: number;
}

const nothing = Buffer.alloc(0);

export function newMediaPacket(): MediaPacket {
  return {
    buffer: nothing,
    payloadStart: 0,
    payloadEnd: 0,
    sequence: Number.NEGATIVE_INFINITY,
    timestamp: 0,
    marker: false,
    receivedAt: 0,
    audioLevel: -1,
    voice: false,
    orientation: -1,
    descriptor: nothing,
    payload: newPayloadInfo(),
    outgoing: undefined,
    outgoingAt: 0,
  };
}

/** What our header takes before the payload: without, and with a level or an orientation. */
const headroom = 24;
const largerHeadroom = 28;

/** Of a header with a dependency descriptor: rare (AV1 only), and larger. */
const maxDescriptorBytes = 255;

/**
 * Puts the packet into the record. Packets of browsers have extensions enough for our header to replace theirs;
 * of others the payload is copied, once for all receivers.
 */
export function fillMediaPacket(
  record: MediaPacket,
  buffer: Buffer,
  payloadStart: number,
  payloadEnd: number,
  extensions: HeaderExtensions,
): void {
  const { descriptorAt, descriptorLength } = extensions;
  record.descriptor =
    descriptorLength === 0
      ? nothing
      : Buffer.from(buffer.subarray(descriptorAt, descriptorAt + descriptorLength));
  const larger = extensions.audioLevel >= 0 || extensions.orientation >= 0;
  const plain = larger ? largerHeadroom : headroom;
  const needed = descriptorLength === 0 ? plain : largerHeadroom + 8 + maxDescriptorBytes;
  record.outgoing = undefined;
  if (payloadStart >= needed) {
    record.buffer = buffer;
    record.payloadStart = payloadStart;
    record.payloadEnd = payloadEnd;
  } else {
    const copy = Buffer.allocUnsafe(needed + payloadEnd - payloadStart);
    buffer.copy(copy, needed, payloadStart, payloadEnd);
    record.buffer = copy;
    record.payloadStart = needed;
    record.payloadEnd = copy.length;
  }
  record.audioLevel = extensions.audioLevel;
  record.voice = extensions.voice;
  record.orientation = extensions.orientation;
}

/** Moves the payload to where there is this much room before it. */
export function moveOut(record: MediaPacket, needed: number): void {
  const { buffer, payloadStart, payloadEnd, payload } = record;
  const copy = Buffer.allocUnsafe(needed + payloadEnd - payloadStart);
  buffer.copy(copy, needed, payloadStart, payloadEnd);
  const moved = needed - payloadStart;
  if (payload.pictureId >= 0) payload.pictureIdAt += moved;
  if (payload.tl0 >= 0) payload.tl0At += moved;
  record.buffer = copy;
  record.payloadStart = needed;
  record.payloadEnd = copy.length;
  record.outgoing = undefined;
}
