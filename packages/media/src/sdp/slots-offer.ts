import { StoaError } from '@stoa/protocol';
import { type MediaDescription, write } from 'sdp-transform';
import { codecs, type Kind } from '../codecs/codecs.ts';
import { ourExtensionIds } from '../forwarding/outgoing-header.ts';
import { extensionUris } from '../rtp/header-extensions.ts';
import { type PeerParameters, peerParameters } from './peer-parameters.ts';
import { readSdp } from './read-sdp.ts';
import { feedback, session } from './sections.ts';

/** An m-line of a viewer. Its SSRCs never change. */
export interface SlotSection {
  readonly mid: string;
  readonly kind: Kind;
  readonly ssrc: number;
  readonly rtxSsrc: number;
}

/** Offers every slot with every codec: what is shown in it later is not negotiated again. */
export function writeSlotsOffer(
  slots: readonly SlotSection[],
  ours: PeerParameters,
  version: number,
): string {
  return write({
    ...session(
      version,
      slots.map(({ mid }) => mid),
    ),
    media: slots.map((slot) => offerSection(slot, ours)),
  });
}

/** What the viewer's answer says of its ICE and DTLS. Throws BAD_REQUEST when it does not fit to the offer. */
export function readSlotsAnswer(sdp: string, slots: readonly SlotSection[]): PeerParameters {
  return readSdp(sdp, (description) => {
    const mids = description.media.map(({ mid }) => mid);
    const fits = mids.length === slots.length && slots.every(({ mid }, index) => mids[index] === mid);
    if (!fits) throw new StoaError('BAD_REQUEST', 'The answer does not have the m-lines of the offer.');
    return peerParameters(description);
  });
}

function offerSection({ mid, kind, ssrc, rtxSsrc }: SlotSection, ours: PeerParameters): MediaDescription {
  const known = codecs.filter((codec) => codec.kind === kind);
  const cname = { attribute: 'cname', value: 'stoa' };
  return {
    type: kind,
    port: 9,
    protocol: 'UDP/TLS/RTP/SAVPF',
    payloads: known
      .flatMap(({ payloadType, rtxPayloadType }) =>
        rtxPayloadType === 0 ? [payloadType] : [payloadType, rtxPayloadType],
      )
      .join(' '),
    connection: { version: 4, ip: '0.0.0.0' },
    mid,
    direction: 'sendonly',
    rtcpMux: 'rtcp-mux',
    rtcpRsize: 'rtcp-rsize',
    iceUfrag: ours.iceUfrag,
    icePwd: ours.icePwd,
    fingerprint: { ...ours.fingerprint },
    setup: 'actpass',
    candidates: ours.candidates.map((candidate) => ({ ...candidate })),
    endOfCandidates: 'end-of-candidates',
    rtp: known.flatMap(({ codec, clockRate, channels, payloadType, rtxPayloadType }) => [
      {
        payload: payloadType,
        codec,
        rate: clockRate,
        ...(channels === undefined ? {} : { encoding: channels }),
      },
      ...(rtxPayloadType === 0 ? [] : [{ payload: rtxPayloadType, codec: 'rtx', rate: clockRate }]),
    ]),
    fmtp: known.flatMap(({ payloadType, rtxPayloadType, parameters }) => [
      ...(parameters === undefined ? [] : [{ payload: payloadType, config: parameters }]),
      ...(rtxPayloadType === 0 ? [] : [{ payload: rtxPayloadType, config: `apt=${payloadType}` }]),
    ]),
    rtcpFb: known.flatMap(({ codec, payloadType }) => feedback(codec, payloadType)),
    ext: extensionsOf(kind),
    msid: [{ id: `slot-${mid}`, appdata: `track-${mid}` }],
    ssrcs: kind === 'audio' ? [{ id: ssrc, ...cname }] : [ssrc, rtxSsrc].map((id) => ({ id, ...cname })),
    ...(kind === 'audio' ? {} : { ssrcGroups: [{ semantics: 'FID', ssrcs: `${ssrc} ${rtxSsrc}` }] }),
  };
}

function extensionsOf(kind: Kind) {
  const { transportCc, absSendTime, audioLevel, orientation, dependencyDescriptor } = ourExtensionIds;
  const both = [
    { value: transportCc, uri: extensionUris.transportCc },
    { value: absSendTime, uri: extensionUris.absSendTime },
  ];
  return kind === 'audio'
    ? [...both, { value: audioLevel, uri: extensionUris.audioLevel }]
    : [
        ...both,
        { value: orientation, uri: extensionUris.orientation },
        { value: dependencyDescriptor, uri: extensionUris.dependencyDescriptor },
      ];
}
