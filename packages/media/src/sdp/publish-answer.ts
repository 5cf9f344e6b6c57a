import { type MediaDescription, write } from 'sdp-transform';
import { type Codec, describeCodec } from '../codecs/codecs.ts';
import { type ExtensionName, extensionUris } from '../rtp/header-extensions.ts';
import type { PeerParameters } from './peer-parameters.ts';
import type { OfferedCodec, OfferedSection, PublishOffer } from './publish-offer.ts';
import { feedback, session } from './sections.ts';

/** Takes all that the publisher offers to send and that we can forward. We are passive in DTLS. */
export function writePublishAnswer(offer: PublishOffer, ours: PeerParameters, version: number): string {
  const mids = offer.sections.filter(({ kind }) => kind !== undefined).map(({ mid }) => mid);
  return write({
    ...session(version, mids),
    media: offer.sections.map((section) => answerSection(section, ours)),
  });
}

function answerSection(section: OfferedSection, ours: PeerParameters): MediaDescription {
  // Refused: data channels, and sections without a codec that we know.
  if (section.kind === undefined || section.codecs.length === 0) return refusedSection(section);
  const layers = section.sends ? section.rids : [];
  return {
    ...acceptedSection(section, section.codecs, ours),
    direction: section.sends ? 'recvonly' : 'inactive',
    rtcpFb: section.codecs.flatMap(({ codec, payloadType }) => feedback(codec, payloadType)),
    ext: (Object.keys(section.extensions) as ExtensionName[]).map((name) => ({
      value: section.extensions[name] ?? 0,
      uri: extensionUris[name],
    })),
    ...(layers.length === 0
      ? {}
      : {
          rids: layers.map((rid) => ({ id: rid, direction: 'recv' })),
          simulcast: { dir1: 'recv' as const, list1: layers.join(';') },
        }),
  };
}

export function refusedSection({ type, protocol, mid, payloads }: OfferedSection): MediaDescription {
  return { type, protocol, rtp: [], fmtp: [], mid, port: 0, payloads, direction: 'inactive' };
}

/** A section with these codecs under the numbers of the offer. We are passive in DTLS. */
export function acceptedSection(
  { type, protocol, mid }: OfferedSection,
  codecs: readonly OfferedCodec[],
  ours: PeerParameters,
): MediaDescription {
  const payloads = codecs.flatMap(({ payloadType, rtxPayloadType }) =>
    rtxPayloadType === undefined ? [payloadType] : [payloadType, rtxPayloadType],
  );
  return {
    type,
    protocol,
    mid,
    port: 9,
    payloads: payloads.join(' '),
    connection: { version: 4, ip: '0.0.0.0' },
    rtcpMux: 'rtcp-mux',
    rtcpRsize: 'rtcp-rsize',
    ...transportOf(ours),
    rtp: codecs.flatMap(({ codec, payloadType, rtxPayloadType }) => {
      const { clockRate, channels } = describeCodec(codec);
      const own = {
        payload: payloadType,
        codec,
        rate: clockRate,
        ...(channels === undefined ? {} : { encoding: channels }),
      };
      return rtxPayloadType === undefined
        ? [own]
        : [own, { payload: rtxPayloadType, codec: 'rtx', rate: clockRate }];
    }),
    fmtp: codecs.flatMap(({ codec, payloadType, rtxPayloadType, parameters }) => [
      ...parametersFor(codec, payloadType, parameters),
      ...(rtxPayloadType === undefined ? [] : [{ payload: rtxPayloadType, config: `apt=${payloadType}` }]),
    ]),
  };
}

/** As offered; microphones are asked to send next to nothing while it is silent. */
function parametersFor(codec: Codec, payload: number, parameters: string | undefined) {
  if (codec !== 'opus') return parameters === undefined ? [] : [{ payload, config: parameters }];
  const others = (parameters ?? '').split(';').filter((each) => each !== '' && !each.startsWith('usedtx'));
  return [{ payload, config: [...others, 'usedtx=1'].join(';') }];
}

function transportOf(ours: PeerParameters) {
  return {
    iceUfrag: ours.iceUfrag,
    icePwd: ours.icePwd,
    fingerprint: { ...ours.fingerprint },
    setup: 'passive',
    candidates: ours.candidates.map((candidate) => ({ ...candidate })),
    endOfCandidates: 'end-of-candidates' as const,
  };
}
