import { parse, write } from 'sdp-transform';
import type { OfferedStream } from '../engine/media-engine.ts';
import { extensionUris } from '../rtp/header-extensions.ts';
import { type PeerParameters, peerParameters } from '../sdp/peer-parameters.ts';
import { session } from '../sdp/sections.ts';

export function parametersOf(sdp: string): PeerParameters {
  return peerParameters(parse(sdp));
}

/** A viewer's answer, which takes whatever is offered. */
export function viewAnswer(sdp: string, ours: PeerParameters): string {
  const { media } = parse(sdp);
  return write({
    ...session(
      1,
      media.map(({ mid }) => String(mid)),
    ),
    media: media.map((section) => ({
      ...section,
      ...iceAndDtls(ours, 'passive'),
      direction: 'recvonly' as const,
    })),
  });
}

/** A description with the certificate of another, as somebody in between would have it. */
export function withOtherCertificate(sdp: string): string {
  // Whole, since a few digits of it would be the right ones now and then.
  return sdp.replace(/^(a=fingerprint:\S+) .*$/gm, (_, start: string) => `${start} ${otherFingerprint}`);
}

const otherFingerprint = Array.from({ length: 32 }, () => 'AB').join(':');

/**
 * Only one side looks for the other, the one that knows last of the other: the library fails when the handshake of a
 * quick peer runs while it is still taking the answer.
 */
export function withoutCandidates(parameters: PeerParameters): PeerParameters {
  return { ...parameters, candidates: [] };
}

export function iceAndDtls(ours: PeerParameters, setup: string) {
  return {
    iceUfrag: ours.iceUfrag,
    icePwd: ours.icePwd,
    fingerprint: { ...ours.fingerprint },
    setup,
    candidates: ours.candidates.map((candidate) => ({ ...candidate })),
  };
}

/** An m-line for each stream; their SSRCs in the same order, for those who do not find them out by themselves. */
export function publishOffer(
  streams: readonly OfferedStream[],
  ours: PeerParameters,
  ssrcs: readonly number[] = [],
): string {
  return write({
    ...session(
      1,
      streams.map(({ mid }) => mid),
    ),
    media: streams.map(({ mid, kind }, index) => {
      const isVideo = kind === 'camera' || kind === 'screen';
      return {
        type: isVideo ? 'video' : 'audio',
        port: 9,
        protocol: 'UDP/TLS/RTP/SAVPF',
        payloads: isVideo ? '96' : '111',
        connection: { version: 4, ip: '0.0.0.0' },
        mid,
        direction: 'sendonly' as const,
        rtcpMux: 'rtcp-mux',
        rtp: [
          isVideo
            ? { payload: 96, codec: 'VP8', rate: 90_000 }
            : { payload: 111, codec: 'opus', rate: 48_000, encoding: 2 },
        ],
        fmtp: [],
        ext: [
          { value: 4, uri: extensionUris.mid },
          { value: 5, uri: extensionUris.transportCc },
          { value: 6, uri: extensionUris.audioLevel },
          { value: 7, uri: extensionUris.absSendTime },
        ],
        ssrcs: ssrcs.slice(index, index + 1).map((id) => ({ id, attribute: 'cname', value: 'client' })),
        ...iceAndDtls(ours, 'actpass'),
      };
    }),
  });
}
