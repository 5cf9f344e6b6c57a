import { parse, write } from 'sdp-transform';
import { type PeerParameters, peerParameters } from './peer-parameters.ts';

/**
 * The browser's side as the library gets it: a single m-line, whatever the browser's SDP has, so that every packet
 * of the bundle comes to, and leaves from, the one track that stands for it.
 */
export function syntheticDescription(peer: PeerParameters, setup: string): string {
  return write({
    version: 0,
    origin: { username: '-', sessionId: 1, sessionVersion: 1, netType: 'IN', ipVer: 4, address: '127.0.0.1' },
    name: '-',
    timing: { start: 0, stop: 0 },
    groups: [{ type: 'BUNDLE', mids: '0' }],
    media: [
      {
        type: 'video',
        port: 9,
        protocol: 'UDP/TLS/RTP/SAVPF',
        payloads: '96',
        connection: { version: 4, ip: '0.0.0.0' },
        mid: '0',
        direction: 'sendrecv',
        rtcpMux: 'rtcp-mux',
        rtp: [{ payload: 96, codec: 'VP8', rate: 90_000 }],
        fmtp: [],
        iceUfrag: peer.iceUfrag,
        icePwd: peer.icePwd,
        fingerprint: { ...peer.fingerprint },
        setup,
        candidates: peer.candidates.map((candidate) => ({ ...candidate })),
      },
    ],
  });
}

/** The library's own side. */
export function readSynthetic(sdp: string): PeerParameters {
  return peerParameters(parse(sdp));
}
