import { byteAt, uint16At, uint32At } from './bytes.ts';

/** Where things are in a packet (RFC 3550, section 5.1). One object is filled again for every packet. */
export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** 0xbede: elements with one-byte headers; 0x100X: with two-byte headers; 0: no extensions. */
  extensionProfile: number;
  extensionStart: number;
  extensionEnd: number;
  payloadStart: number;
  /** Padding comes after it. */
  payloadEnd: number;
}

export function newRtpHeader(): RtpHeader {
  return {
    marker: false,
    payloadType: 0,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    extensionProfile: 0,
    extensionStart: 0,
    extensionEnd: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };
}

const fixedHeaderBytes = 12;

/** Tells RTCP from RTP on one port (RFC 5761, section 4). */
export function isRtcp(packet: Uint8Array): boolean {
  const type = byteAt(packet, 1);
  return type >= 192 && type <= 223;
}

/** Fills `into`; false when this is no RTP packet, or one that contradicts its own length. */
export function readRtpHeader(packet: Uint8Array, into: RtpHeader): boolean {
  if (packet.length < fixedHeaderBytes) return false;
  const first = byteAt(packet, 0);
  if (first >> 6 !== 2) return false;
  const second = byteAt(packet, 1);
  into.marker = (second & 0x80) !== 0;
  into.payloadType = second & 0x7f;
  into.sequence = uint16At(packet, 2);
  into.timestamp = uint32At(packet, 4);
  into.ssrc = uint32At(packet, 8);

  let at = fixedHeaderBytes + 4 * (first & 0x0f);
  into.extensionProfile = 0;
  into.extensionStart = at;
  into.extensionEnd = at;
  if ((first & 0x10) !== 0) {
    if (at + 4 > packet.length) return false;
    into.extensionProfile = uint16At(packet, at);
    into.extensionStart = at + 4;
    at += 4 + 4 * uint16At(packet, at + 2);
    into.extensionEnd = at;
  }
  const padding = (first & 0x20) === 0 ? 0 : byteAt(packet, packet.length - 1);
  if ((first & 0x20) !== 0 && padding === 0) return false;
  into.payloadStart = at;
  into.payloadEnd = packet.length - padding;
  return into.payloadStart <= into.payloadEnd;
}
