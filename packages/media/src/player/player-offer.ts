import { write } from 'sdp-transform';
import { describeCodec } from '../codecs/codecs.ts';
import { extensionUris } from '../rtp/header-extensions.ts';
import type { PeerParameters } from '../sdp/peer-parameters.ts';
import { feedback, session } from '../sdp/sections.ts';
import { type OutgoingStream, playerExtensionIds } from './outgoing-stream.ts';

/**
 * Offers to send the streams. Without candidates: a server is reached at those of its answer, and learns ours by that.
 */
export function playerOffer(streams: readonly OutgoingStream[], ours: PeerParameters): string {
  return write({
    ...session(
      1,
      streams.map(({ mid }) => mid),
    ),
    media: streams.map(({ mid, ssrc, track: { codec } }) => {
      const { kind, payloadType, clockRate, channels, parameters } = describeCodec(codec);
      const isSound = kind === 'audio';
      return {
        type: kind,
        port: 9,
        protocol: 'UDP/TLS/RTP/SAVPF',
        payloads: String(payloadType),
        connection: { version: 4, ip: '0.0.0.0' },
        mid,
        direction: 'sendonly' as const,
        rtcpMux: 'rtcp-mux',
        rtcpRsize: 'rtcp-rsize',
        iceUfrag: ours.iceUfrag,
        icePwd: ours.icePwd,
        fingerprint: { ...ours.fingerprint },
        setup: 'actpass',
        rtp: [
          {
            payload: payloadType,
            codec,
            rate: clockRate,
            ...(channels === undefined ? {} : { encoding: channels }),
          },
        ],
        fmtp: parameters === undefined ? [] : [{ payload: payloadType, config: parameters }],
        rtcpFb: feedback(codec, payloadType).filter(({ type }) => type === 'nack'),
        ext: [
          { value: playerExtensionIds.mid, uri: extensionUris.mid },
          ...(isSound ? [{ value: playerExtensionIds.audioLevel, uri: extensionUris.audioLevel }] : []),
        ],
        ssrcs: [{ id: ssrc, attribute: 'cname', value: 'player' }],
        msid: [{ id: 'player', appdata: kind }],
      };
    }),
  });
}
