import { byteAt, uint16At, uint24At } from './bytes.ts';
import type { RtpHeader } from './rtp-header.ts';

/** The header extensions that we understand, by the name that SDP gives them. */
export const extensionUris = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  orientation: 'urn:3gpp:video-orientation',
  dependencyDescriptor:
    'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
} as const;

export type ExtensionName = keyof typeof extensionUris;

/** Which id stands for which extension: chosen by whoever makes the offer. */
export type ExtensionIds = Partial<Record<ExtensionName, number>>;

/** What a packet says in its extensions. -1 stands for absent numbers, a length of 0 for absent texts. */
export interface HeaderExtensions {
  midAt: number;
  midLength: number;
  ridAt: number;
  ridLength: number;
  repairedRidAt: number;
  repairedRidLength: number;
  /** 0 (loudest) to 127 (silence), in -dBov. */
  audioLevel: number;
  voice: boolean;
  /** 24 bits: seconds modulo 64, in units of 2^-18. */
  absSendTime: number;
  transportSequence: number;
  orientation: number;
  descriptorAt: number;
  descriptorLength: number;
}

export function newHeaderExtensions(): HeaderExtensions {
  return {
    midAt: 0,
    midLength: 0,
    ridAt: 0,
    ridLength: 0,
    repairedRidAt: 0,
    repairedRidLength: 0,
    audioLevel: -1,
    voice: false,
    absSendTime: -1,
    transportSequence: -1,
    orientation: -1,
    descriptorAt: 0,
    descriptorLength: 0,
  };
}

/** Fills `into` with the elements that `ids` names. Elements that do not fit into the block end it. */
export function readHeaderExtensions(
  packet: Uint8Array,
  header: RtpHeader,
  ids: ExtensionIds,
  into: HeaderExtensions,
): void {
  clear(into);
  const { extensionProfile: profile, extensionEnd: end } = header;
  const twoBytes = profile >> 4 === 0x100;
  if (profile !== 0xbede && !twoBytes) return;
  let at = header.extensionStart;
  while (at < end) {
    const first = byteAt(packet, at);
    if (first === 0) {
      at += 1;
      continue;
    }
    const id = twoBytes ? first : first >> 4;
    const length = twoBytes ? byteAt(packet, at + 1) : (first & 0x0f) + 1;
    at += twoBytes ? 2 : 1;
    // The id 15 is reserved in one-byte headers and ends the block (RFC 8285, section 4.2).
    if ((!twoBytes && id === 15) || at + length > end) return;
    readElement(packet, id, at, length, ids, into);
    at += length;
  }
}

/** Field by field: for each packet, and many times as fast as `Object.assign`. */
function clear(into: HeaderExtensions): void {
  into.midAt = 0;
  into.midLength = 0;
  into.ridAt = 0;
  into.ridLength = 0;
  into.repairedRidAt = 0;
  into.repairedRidLength = 0;
  into.audioLevel = -1;
  into.voice = false;
  into.absSendTime = -1;
  into.transportSequence = -1;
  into.orientation = -1;
  into.descriptorAt = 0;
  into.descriptorLength = 0;
}

function readElement(
  packet: Uint8Array,
  id: number,
  at: number,
  length: number,
  ids: ExtensionIds,
  into: HeaderExtensions,
): void {
  if (length === 0) return;
  switch (id) {
    case ids.transportCc:
      if (length >= 2) into.transportSequence = uint16At(packet, at);
      return;
    case ids.absSendTime:
      if (length >= 3) into.absSendTime = uint24At(packet, at);
      return;
    case ids.mid:
      into.midAt = at;
      into.midLength = length;
      return;
    case ids.rid:
      into.ridAt = at;
      into.ridLength = length;
      return;
    case ids.repairedRid:
      into.repairedRidAt = at;
      into.repairedRidLength = length;
      return;
    case ids.audioLevel:
      into.voice = (byteAt(packet, at) & 0x80) !== 0;
      into.audioLevel = byteAt(packet, at) & 0x7f;
      return;
    case ids.orientation:
      into.orientation = byteAt(packet, at);
      return;
    case ids.dependencyDescriptor:
      into.descriptorAt = at;
      into.descriptorLength = length;
      return;
    default:
  }
}

/** The text of a mid or rid, which is only wanted when a stream is new. */
export function textAt(packet: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...packet.subarray(at, at + length));
}
