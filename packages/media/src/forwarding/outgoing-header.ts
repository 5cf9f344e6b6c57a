import { setUint16, setUint24, setUint32 } from '../rtp/bytes.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import type { MediaPacket } from './media-packet.ts';

/** The extensions of our offers: the same ids for everyone, so that a header is a few writes at fixed places. */
export const ourExtensionIds = {
  transportCc: 1,
  absSendTime: 2,
  audioLevel: 3,
  orientation: 4,
  dependencyDescriptor: 5,
} as const satisfies ExtensionIds;

/** The first 32 bits of a header: version, marker, payload type and sequence number; extensions there are always. */
export function firstWord(marker: boolean, payloadType: number, sequence: number): number {
  return (marker ? 0x9080_0000 : 0x9000_0000) | (payloadType << 16) | (sequence & 0xffff);
}

/**
 * The packet as a viewer gets it: the header is written directly before the payload, over whatever is there. It is
 * valid until the next is written: whoever sends it copies it. The numbers are no object, which would have to be
 * fetched from memory for each viewer. `sentAt` is in milliseconds of our clock.
 */
export function writeOutgoing(
  packet: MediaPacket,
  first: number,
  timestamp: number,
  ssrc: number,
  transportSequence: number,
  sentAt: number,
): Buffer {
  // What is the same for all viewers is written once, and the time once per millisecond.
  let { outgoing } = packet;
  if (outgoing === undefined) {
    outgoing = packet.buffer.subarray(packet.payloadStart - headerBytes(packet), packet.payloadEnd);
    packet.outgoing = outgoing;
    packet.outgoingAt = sentAt;
    writeCommon(outgoing, packet, sentAt);
  } else if (packet.outgoingAt !== sentAt) {
    packet.outgoingAt = sentAt;
    setUint24(outgoing, packet.descriptor.length > 16 ? 22 : 20, absSendTime(sentAt));
  }
  writeOwn(outgoing, packet, first, timestamp, ssrc, transportSequence);
  return outgoing;
}

/** The packet as a retransmission (RFC 4588), with its `original` number before the payload. */
export function writeAgain(
  packet: MediaPacket,
  first: number,
  timestamp: number,
  ssrc: number,
  transportSequence: number,
  sentAt: number,
  original: number,
): Buffer {
  const bytes = headerBytes(packet);
  packet.outgoing = undefined;
  const again = packet.buffer.subarray(packet.payloadStart - bytes - originalBytes, packet.payloadEnd);
  writeCommon(again, packet, sentAt);
  writeOwn(again, packet, first, timestamp, ssrc, transportSequence);
  setUint16(again, bytes, original);
  return again;
}

const paddingBytes = 255;
const contentless = { descriptor: Buffer.alloc(0), audioLevel: -1, orientation: -1, voice: false };

/** A packet of padding alone (RFC 3550, section 5.1), which receivers count and drop. */
export function writePadding(
  first: number,
  timestamp: number,
  ssrc: number,
  transportSequence: number,
  sentAt: number,
): Buffer {
  const packet = Buffer.alloc(headerBytes(contentless) + paddingBytes);
  writeCommon(packet, contentless, sentAt);
  writeOwn(packet, contentless, first, timestamp, ssrc, transportSequence);
  packet[0] = 0xb0;
  packet[packet.length - 1] = paddingBytes;
  return packet;
}

/** What a retransmission has between header and payload. */
export const originalBytes = 2;

/** What our header takes: fixed part, extensions, filled up to words. With a descriptor the largest of both forms. */
export function headerBytes({
  descriptor,
  audioLevel,
  orientation,
}: Pick<MediaPacket, 'descriptor' | 'audioLevel' | 'orientation'>): number {
  if (descriptor.length > 0) return describedBytes(descriptor.length);
  return audioLevel >= 0 || orientation >= 0 ? 28 : 24;
}

type Described = Pick<MediaPacket, 'descriptor' | 'audioLevel' | 'orientation' | 'voice'>;

function writeCommon(to: Buffer, packet: Described, sentAt: number): void {
  const { descriptor } = packet;
  const twoBytes = descriptor.length > 16;
  const bytes = headerBytes(packet);
  setUint16(to, 12, twoBytes ? 0x1000 : 0xbede);
  setUint16(to, 14, (bytes - 16) / 4);
  let at = writeElementHeader(to, 16, ourExtensionIds.transportCc, 2, twoBytes);
  at = writeElementHeader(to, at + 2, ourExtensionIds.absSendTime, 3, twoBytes);
  setUint24(to, at, absSendTime(sentAt));
  at += 3;
  const level = packet.audioLevel >= 0;
  if (level || packet.orientation >= 0) {
    const id = level ? ourExtensionIds.audioLevel : ourExtensionIds.orientation;
    at = writeElementHeader(to, at, id, 1, twoBytes);
    to[at] = level ? (packet.voice ? 0x80 : 0) | packet.audioLevel : packet.orientation;
    at += 1;
  }
  if (descriptor.length > 0) {
    at = writeElementHeader(to, at, ourExtensionIds.dependencyDescriptor, descriptor.length, twoBytes);
    descriptor.copy(to, at);
    at += descriptor.length;
  }
  for (; at < bytes; at += 1) to[at] = 0;
}

/** What differs from viewer to viewer. */
function writeOwn(
  to: Buffer,
  { descriptor }: Described,
  first: number,
  timestamp: number,
  ssrc: number,
  transportSequence: number,
): void {
  setUint32(to, 0, first);
  setUint32(to, 4, timestamp);
  setUint32(to, 8, ssrc);
  setUint16(to, descriptor.length > 16 ? 18 : 17, transportSequence);
}

function writeElementHeader(
  buffer: Buffer,
  at: number,
  id: number,
  length: number,
  twoBytes: boolean,
): number {
  if (twoBytes) {
    buffer[at] = id;
    buffer[at + 1] = length;
    return at + 2;
  }
  buffer[at] = (id << 4) | (length - 1);
  return at + 1;
}

/** Header with a descriptor: the largest of both forms, filled up to a word. */
function describedBytes(descriptorLength: number): number {
  const elementHeaders = descriptorLength > 16 ? 8 : 4;
  return 16 + ((elementHeaders + 2 + 3 + 1 + descriptorLength + 3) & ~3);
}

/** 24 bits: seconds modulo 64 in units of 2^-18. */
function absSendTime(ms: number): number {
  return Math.floor((ms / 1000) * 2 ** 18) % 2 ** 24;
}
