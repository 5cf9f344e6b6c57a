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

export interface OutgoingHeader {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  transportSequence: number;
  /** Milliseconds of our clock. */
  sentAt: number;
  /** The sequence number that is sent again (RFC 4588), or -1 in a packet that is sent for the first time. */
  original: number;
}

const fixedBytes = 28;

/**
 * Writes the header directly before the payload, over whatever is there, and answers the packet. It is valid until
 * the next header is written: whoever sends it copies it.
 */
export function writeOutgoing(packet: MediaPacket, header: OutgoingHeader): Buffer {
  const { buffer, descriptor } = packet;
  const again = header.original >= 0 ? 2 : 0;
  const twoBytes = descriptor.length > 16;
  const bytes = descriptor.length === 0 ? fixedBytes : describedBytes(descriptor.length);
  const start = packet.payloadStart - again - bytes;
  buffer[start] = 0x90;
  buffer[start + 1] = (header.marker ? 0x80 : 0) | header.payloadType;
  setUint16(buffer, start + 2, header.sequence);
  setUint32(buffer, start + 4, header.timestamp);
  setUint32(buffer, start + 8, header.ssrc);
  setUint16(buffer, start + 12, twoBytes ? 0x1000 : 0xbede);
  setUint16(buffer, start + 14, (bytes - 16) / 4);
  let at = writeElementHeader(buffer, start + 16, ourExtensionIds.transportCc, 2, twoBytes);
  setUint16(buffer, at, header.transportSequence);
  at = writeElementHeader(buffer, at + 2, ourExtensionIds.absSendTime, 3, twoBytes);
  setUint24(buffer, at, absSendTime(header.sentAt));
  at += 3;
  const level = packet.audioLevel >= 0;
  if (level || packet.orientation >= 0) {
    const id = level ? ourExtensionIds.audioLevel : ourExtensionIds.orientation;
    at = writeElementHeader(buffer, at, id, 1, twoBytes);
    buffer[at] = level ? (packet.voice ? 0x80 : 0) | packet.audioLevel : packet.orientation;
    at += 1;
  }
  if (descriptor.length > 0) {
    at = writeElementHeader(buffer, at, ourExtensionIds.dependencyDescriptor, descriptor.length, twoBytes);
    descriptor.copy(buffer, at);
    at += descriptor.length;
  }
  buffer.fill(0, at, start + bytes);
  if (again > 0) setUint16(buffer, packet.payloadStart - 2, header.original);
  return buffer.subarray(start, packet.payloadEnd);
}

/** Stamps a packet again, that was written a while ago and leaves only now. */
export function restamp(packet: Buffer, transportSequence: number, sentAt: number): void {
  const elementHeader = packet[12] === 0x10 ? 2 : 1;
  setUint16(packet, 16 + elementHeader, transportSequence);
  setUint24(packet, 18 + 2 * elementHeader, absSendTime(sentAt));
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
