import { StoaError } from '@stoa/protocol';
import { type MediaDescription, write } from 'sdp-transform';
import type { Kind } from '../codecs/codecs.ts';
import { ourExtensionIds } from '../forwarding/outgoing-header.ts';
import type { SlotNumbers } from '../forwarding/slot.ts';
import { type ExtensionIds, type ExtensionName, extensionUris } from '../rtp/header-extensions.ts';
import type { PeerParameters } from './peer-parameters.ts';
import { acceptedSection, refusedSection } from './publish-answer.ts';
import type { OfferedCodec, OfferedSection, PublishOffer } from './publish-offer.ts';
import { feedback, session } from './sections.ts';

/** An m-line of a player, which becomes a slot under the player's own numbers. */
export interface PlayedSection {
  readonly mid: string;
  readonly kind: Kind;
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: ExtensionIds;
}

/** An m-line with the numbers that we write into it. */
export interface PlayedSlot {
  readonly ssrc: number;
  /** 0 for none. */
  readonly rtxSsrc: number;
}

/**
 * The sections of a player's offer that can be sent to it. What it is sent later follows from what is published, so
 * all codecs of the offer stay possible.
 *
 * @throws StoaError BAD_REQUEST when there is none
 */
export function playedSections({ sections }: PublishOffer): PlayedSection[] {
  const ambiguous = ambiguousIds(sections);
  const played = sections.flatMap((section): PlayedSection[] => {
    const { mid, kind, receives } = section;
    const codecs = playableCodecs(section);
    if (kind === undefined || !receives || codecs.length === 0) return [];
    return [{ mid, kind, codecs, extensions: writtenExtensions(section.extensions, ambiguous) }];
  });
  if (played.length > 0) return played;
  throw new StoaError('BAD_REQUEST', 'The offer receives nothing that is forwarded here.', {
    hint: 'Offer to receive Opus, and VP8, VP9, H.264 or AV1.',
  });
}

/** How the slot of a section numbers what it sends. */
export function numbersOf({ codecs, extensions }: PlayedSection): SlotNumbers {
  const payloadTypes = codecs.map(({ codec, payloadType, rtxPayloadType = 0 }) => {
    return [codec, { payloadType, rtxPayloadType }] as const;
  });
  return { payloadTypes: new Map(payloadTypes), extensions };
}

/** Retransmissions have a stream of their own where that is possible with every codec. */
export function takesRtx({ codecs }: PlayedSection): boolean {
  return codecs.every(({ rtxPayloadType }) => rtxPayloadType !== undefined);
}

/** Answers a player: everything is sent that it can receive, what is not in `slots` (by mid) is refused. */
export function writePlayAnswer(
  { sections }: PublishOffer,
  slots: ReadonlyMap<string, PlayedSlot & PlayedSection>,
  ours: PeerParameters,
): string {
  return write({
    ...session(1, [...slots.keys()]),
    media: sections.map((section) => {
      const slot = slots.get(section.mid);
      return slot === undefined ? refusedSection(section) : answerSection(section, slot, ours);
    }),
  });
}

function answerSection(
  section: OfferedSection,
  { ssrc, rtxSsrc, codecs, extensions, mid }: PlayedSlot & PlayedSection,
  ours: PeerParameters,
): MediaDescription {
  const cname = { attribute: 'cname', value: 'stoa' };
  const named = rtxSsrc === 0 ? [ssrc] : [ssrc, rtxSsrc];
  return {
    ...acceptedSection(section, codecs, ours),
    direction: 'sendonly',
    rtcpFb: codecs.flatMap(({ codec, payloadType, feedback: offered }) =>
      feedback(codec, payloadType).filter(({ type, subtype }) =>
        offered.includes(subtype === undefined ? type : `${type} ${subtype}`),
      ),
    ),
    ext: (Object.keys(extensions) as ExtensionName[]).map((name) => ({
      value: extensions[name] ?? 0,
      uri: extensionUris[name],
    })),
    msid: [{ id: 'stoa', appdata: `track-${mid}` }],
    ssrcs: named.map((id) => ({ id, ...cname })),
    ...(rtxSsrc === 0 ? {} : { ssrcGroups: [{ semantics: 'FID', ssrcs: named.join(' ') }] }),
  };
}

/** RED names the payload type of what is in it, which would have to be the player's. */
function playableCodecs({ codecs }: OfferedSection): OfferedCodec[] {
  const opus = codecs.find(({ codec }) => codec === 'opus');
  return codecs.filter(({ codec }) => codec !== 'red' || opus?.payloadType === redContent);
}

/** What publishers call Opus, unless they are very unusual. */
const redContent = 111;

/** Ids that stand for one extension here and for another there, which some players read by either. */
function ambiguousIds(sections: readonly OfferedSection[]): ReadonlySet<number> {
  const names = new Map<number, string>();
  const ambiguous = new Set<number>();
  for (const { extensions } of sections) {
    for (const [name, id] of Object.entries(extensions)) {
      if ((names.get(id) ?? name) !== name) ambiguous.add(id);
      names.set(id, name);
    }
  }
  return ambiguous;
}

/** Of the extensions that the player knows, those that we write; their ids have to fit into the short form. */
function writtenExtensions(offered: ExtensionIds, ambiguous: ReadonlySet<number>): ExtensionIds {
  const written: ExtensionIds = {};
  for (const name of Object.keys(ourExtensionIds) as (keyof typeof ourExtensionIds)[]) {
    const id = offered[name];
    if (id !== undefined && id <= longestShortId && !ambiguous.has(id)) written[name] = id;
  }
  return written;
}

const longestShortId = 14;
