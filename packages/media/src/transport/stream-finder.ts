import { newHeaderExtensions, readHeaderExtensions, textAt } from '../rtp/header-extensions.ts';
import type { RtpHeader } from '../rtp/rtp-header.ts';
import type { OfferedSection } from '../sdp/publish-offer.ts';

/** What an SSRC of a publisher is. */
export interface FoundStream {
  readonly section: OfferedSection;
  readonly rid: string;
  readonly isRtx: boolean;
}

/** Finds out what a packet of an unknown SSRC belongs to: by what it says itself, else by the SDP (RFC 8843, section 9.2). */
export function findStream(
  packet: Uint8Array,
  header: RtpHeader,
  sections: readonly OfferedSection[],
): FoundStream | undefined {
  const sending = sections.filter(({ sends }) => sends);
  const section = sectionOf(packet, header, sending);
  if (section === undefined) return undefined;
  const codec = section.codecs.find(
    ({ payloadType, rtxPayloadType }) =>
      payloadType === header.payloadType || rtxPayloadType === header.payloadType,
  );
  if (codec === undefined) return undefined;
  const isRtx = codec.payloadType !== header.payloadType;
  if (section.rids.length === 0) return { section, rid: '', isRtx };
  const extensions = newHeaderExtensions();
  readHeaderExtensions(packet, header, section.extensions, extensions);
  const rid = isRtx
    ? textAt(packet, extensions.repairedRidAt, extensions.repairedRidLength)
    : textAt(packet, extensions.ridAt, extensions.ridLength);
  return section.rids.includes(rid) ? { section, rid, isRtx } : undefined;
}

function sectionOf(
  packet: Uint8Array,
  header: RtpHeader,
  sections: readonly OfferedSection[],
): OfferedSection | undefined {
  const extensions = newHeaderExtensions();
  for (const section of sections) {
    readHeaderExtensions(packet, header, section.extensions, extensions);
    if (textAt(packet, extensions.midAt, extensions.midLength) === section.mid) return section;
    if (extensions.midLength > 0) continue;
    if (section.ssrcs.some(({ ssrc, rtxSsrc }) => ssrc === header.ssrc || rtxSsrc === header.ssrc))
      return section;
  }
  // Nothing names it: then it is of the only section that uses this payload type.
  const possible = sections.filter(({ codecs: of }) =>
    of.some(({ payloadType, rtxPayloadType }) => [payloadType, rtxPayloadType].includes(header.payloadType)),
  );
  return extensions.midLength === 0 && possible.length === 1 ? possible[0] : undefined;
}

/** SSRCs that one section may use at a time: its layers, those that they have replaced, and the retransmissions of both. */
export const maxSsrcs = 16;
