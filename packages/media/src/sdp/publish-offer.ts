import { StoaError } from '@stoa/protocol';
import { type MediaDescription, parseParams, parsePayloads, parseSimulcastStreamList } from 'sdp-transform';
import { type Codec, codecs, type Kind } from '../codecs/codecs.ts';
import { type ExtensionIds, type ExtensionName, extensionUris } from '../rtp/header-extensions.ts';
import { type PeerParameters, peerParameters } from './peer-parameters.ts';
import { readSdp } from './read-sdp.ts';

/** A codec under the number that the client has given it. */
export interface OfferedCodec {
  readonly codec: Codec;
  readonly payloadType: number;
  readonly rtxPayloadType: number | undefined;
  readonly parameters: string | undefined;
  /** What receivers of it may tell, as in SDP: `nack pli`. */
  readonly feedback: readonly string[];
}

export interface OfferedSection {
  readonly mid: string;
  readonly type: string;
  readonly kind: Kind | undefined;
  readonly protocol: string;
  readonly payloads: string;
  /** False for a section that is turned off, or that nothing we know could be sent in. */
  readonly sends: boolean;
  /** False for a section in which nothing that we know could be received. */
  readonly receives: boolean;
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: ExtensionIds;
  /** Names of the simulcast layers; none for a single stream. */
  readonly rids: readonly string[];
  /** Where the publisher names its streams beforehand: SSRC, and that of its retransmissions. */
  readonly ssrcs: readonly { readonly ssrc: number; readonly rtxSsrc: number | undefined }[];
}

export interface PublishOffer {
  readonly peer: PeerParameters;
  readonly sections: readonly OfferedSection[];
}

const maxLayers = 4;

/** Reads the offer of a publisher, or of a player that wants to receive. Throws BAD_REQUEST when it is none. */
export function readPublishOffer(sdp: string): PublishOffer {
  return readSdp(sdp, (description) => ({
    peer: peerParameters(description),
    sections: description.media.map(readSection),
  }));
}

function readSection(section: MediaDescription): OfferedSection {
  const { type } = section;
  // The library makes numbers of what looks like one.
  const mid = String(section.mid ?? '');
  if (!/^[\w-]{1,16}$/.test(mid)) {
    throw new StoaError('BAD_REQUEST', 'Every m-line needs a mid of at most 16 letters and digits.');
  }
  const kind = type === 'audio' || type === 'video' ? type : undefined;
  const found = kind === undefined ? [] : offeredCodecs(section);
  const isOn = section.direction !== 'inactive' && section.port !== 0 && found.length > 0;
  return {
    mid,
    type,
    kind,
    protocol: section.protocol,
    payloads: section.payloads ?? '',
    sends: isOn && section.direction !== 'recvonly',
    receives: isOn && section.direction !== 'sendonly',
    codecs: found,
    extensions: offeredExtensions(section),
    rids: sendingRids(section),
    ssrcs: namedStreams(section),
  };
}

function offeredCodecs(section: MediaDescription): OfferedCodec[] {
  const parametersOf = (payload: number) => section.fmtp.find((each) => each.payload === payload)?.config;
  const order = parsePayloads(section.payloads ?? '');
  const found: OfferedCodec[] = [];
  for (const payloadType of order) {
    const map = section.rtp.find(({ payload }) => payload === payloadType);
    const known = codecs.find(
      ({ codec, kind, clockRate }) =>
        codec.toLowerCase() === map?.codec.toLowerCase() && kind === section.type && clockRate === map.rate,
    );
    const parameters = parametersOf(payloadType);
    if (known === undefined || !isForwardable(known.codec, parameters)) continue;
    // One form of each codec: what viewers are offered is one.
    if (found.some(({ codec }) => codec === known.codec)) continue;
    const rtx = section.fmtp.find(({ config }) => Number(parseParams(config).apt) === payloadType)?.payload;
    const feedback = (section.rtcpFb ?? [])
      .filter(({ payload }) => String(payload) === '*' || Number(payload) === payloadType)
      .map(({ type, subtype }) => (subtype === undefined ? type : `${type} ${subtype}`));
    found.push({ codec: known.codec, payloadType, rtxPayloadType: rtx, parameters, feedback });
  }
  return found;
}

/** Whether a viewer who was promised our form of the codec can decode this one. */
function isForwardable(codec: Codec, parameters = ''): boolean {
  const of = parseParams(parameters);
  switch (codec) {
    case 'VP9':
      return Number(of['profile-id'] ?? 0) === 0;
    case 'H264':
      return (
        Number(of['packetization-mode'] ?? 0) === 1 &&
        /^42[ce]0/i.test(String(of['profile-level-id'] ?? '42e01f'))
      );
    case 'AV1':
      return Number(of.profile ?? 0) === 0;
    default:
      return true;
  }
}

function offeredExtensions(section: MediaDescription): ExtensionIds {
  const ids: ExtensionIds = {};
  for (const name of Object.keys(extensionUris) as ExtensionName[]) {
    const id = section.ext?.find(({ uri }) => uri === extensionUris[name])?.value;
    if (id !== undefined && id >= 1 && id <= 255) ids[name] = id;
  }
  return ids;
}

function sendingRids({ simulcast }: MediaDescription): string[] {
  const list =
    simulcast?.dir1 === 'send' ? simulcast.list1 : simulcast?.dir2 === 'send' ? simulcast.list2 : undefined;
  if (list === undefined) return [];
  const rids = parseSimulcastStreamList(list).map(([first]) => String(first?.scid ?? ''));
  const sound = rids.length <= maxLayers && rids.every((rid) => /^[\w-]{1,16}$/.test(rid));
  if (!sound)
    throw new StoaError('BAD_REQUEST', `A stream has at most ${maxLayers} layers with short names.`);
  return rids;
}

function namedStreams(section: MediaDescription): { ssrc: number; rtxSsrc: number | undefined }[] {
  const groups = (section.ssrcGroups ?? [])
    .filter(({ semantics }) => semantics === 'FID')
    .map(({ ssrcs }) => ssrcs.split(' ').map(Number));
  const named = new Set((section.ssrcs ?? []).map(({ id }) => id));
  for (const [, rtx] of groups) if (rtx !== undefined) named.delete(rtx);
  return [...named]
    .slice(0, maxLayers)
    .map((ssrc) => ({ ssrc, rtxSsrc: groups.find(([first]) => first === ssrc)?.[1] }));
}
