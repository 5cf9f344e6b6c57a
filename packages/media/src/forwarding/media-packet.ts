import { newPayloadInfo, type PayloadInfo } from '../codecs/payload.ts';
import type { HeaderExtensions } from '../rtp/header-extensions.ts';
import { headerBytes, originalBytes } from './outgoing-header.ts';

/**
 * A received packet as it waits to be forwarded and sent again, in memory that is used again for later ones. The bytes
 * before the payload are free, and every receiver's header is written there.
 */
export interface MediaPacket {
  /** Its memory, of which the rest is of older packets. */
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
/** Below every number of a packet, and of 32 bits, which V8 keeps in the record itself. */
const beforeAll = -(2 ** 31);

export function newMediaPacket(): MediaPacket {
  return {
    buffer: nothing,
    payloadStart: 0,
    payloadEnd: 0,
    sequence: beforeAll,
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

/** Memory grows in such steps, so that after a few packets no larger one comes. */
const memoryStep = 256;

/**
 * Puts the packet into the record. Its payload is copied, once for all receivers: were the library's own buffers kept
 * for as long as somebody may ask for them, the collector would have to carry them along, which costs many times more.
 */
export function fillMediaPacket(
  record: MediaPacket,
  from: Buffer,
  payloadStart: number,
  payloadEnd: number,
  extensions: HeaderExtensions,
): void {
  const { descriptorAt, descriptorLength } = extensions;
  record.descriptor =
    descriptorLength === 0
      ? nothing
      : Buffer.from(from.subarray(descriptorAt, descriptorAt + descriptorLength));
  record.audioLevel = extensions.audioLevel;
  record.voice = extensions.voice;
  record.orientation = extensions.orientation;
  record.outgoing = undefined;
  record.payloadStart = headerBytes(record) + originalBytes;
  record.payloadEnd = record.payloadStart + payloadEnd - payloadStart;
  if (record.buffer.length < record.payloadEnd)
    record.buffer = Buffer.allocUnsafeSlow(Math.ceil(record.payloadEnd / memoryStep) * memoryStep);
  from.copy(record.buffer, record.payloadStart, payloadStart, payloadEnd);
}
