import { type Codec, describeCodec, type Kind } from '../codecs/codecs.ts';
import type { SenderReport } from '../rtcp/messages.ts';
import { ntpFromUnix } from '../rtcp/ntp.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import { unwrap16 } from '../rtp/sequence.ts';
import type { MediaPacket } from './media-packet.ts';
import { firstWord, writeAgain, writeOutgoing, writePadding } from './outgoing-header.ts';
import { Renumbering } from './renumbering.ts';
import {
  beginSegment,
  endSegment,
  type Segment,
  sequenceIn,
  type Written,
  writePictureIds,
} from './rewriting.ts';
import type { Source } from './source.ts';

/** Segments that a late request can still name. */
const keptSegments = 4;
/** A packet is sent again at most once in this time, however often it is asked for. */
const againMs = 20;
const againSlots = 512;

export interface SlotOptions {
  readonly kind: Kind;
  readonly ssrc: number;
  /** Of its retransmissions; 0 for none. */
  readonly rtxSsrc: number;
  /** Those of a player, when the offer was its own. Ours by default. */
  readonly numbers?: SlotNumbers;
}

/** What a player calls codecs and header extensions. It takes no other codecs. */
export interface SlotNumbers {
  readonly payloadTypes: ReadonlyMap<
    Codec,
    { readonly payloadType: number; readonly rtxPayloadType: number }
  >;
  readonly extensions: ExtensionIds;
}

/**
 * One m-line of a viewer: a single endless stream, whatever sources are shown in it one after the other. A source is
 * shown from a key frame on; another layer of the same stream goes on until then, another stream ends at once.
 */
export class Slot {
  readonly kind: Kind;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  packets = 0;
  bytes = 0;
  switches = 0;
  /** Packets that were sent once more because the viewer asked for them. */
  repeated = 0;
  /** What the viewer says: packets that did not come, and how often its decoder could not go on without a key frame. */
  lost = 0;
  pictureLosses = 0;

  #wanted: Source | undefined;
  #segment: Segment | undefined;
  /** The newest packet of the segment, by its number in the source. */
  #newest = 0;
  /** When the last segment ended. */
  #written: Written | undefined;
  #past: Segment[] = [];
  #rtxSequence = 0;
  /** Made with the first request: of most slots nothing is ever asked for again. */
  #sentAgainAt: Float64Array | undefined;
  readonly #payloadTypes: SlotNumbers['payloadTypes'] | undefined;
  readonly #renumbering: Renumbering | undefined;

  constructor(options: SlotOptions) {
    this.kind = options.kind;
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    const { numbers } = options;
    this.#payloadTypes = numbers?.payloadTypes;
    this.#renumbering = numbers === undefined ? undefined : new Renumbering(numbers.extensions);
  }

  /** Whether the viewer can decode a source. */
  takes({ codec }: Pick<Source, 'codec'>): boolean {
    return this.#payloadTypes?.has(codec) ?? true;
  }

  /** The source that is shown now. */
  get shown(): Source | undefined {
    return this.#segment?.source;
  }

  /** The source that is shown, or will be from its next key frame on. */
  get wanted(): Source | undefined {
    return this.#wanted;
  }

  /** Shows a source from its next key frame on, or nothing. */
  show(source: Source | undefined): void {
    if (this.#wanted === source) return;
    this.#wanted = source;
    if (source === undefined || source.stream !== this.shown?.stream) this.#end();
    if (source !== undefined && source !== this.shown && source.kind === 'video') source.keyFrames.want();
  }

  /** The viewer's decoder cannot go on, or has nothing to begin with. */
  pictureLost(): void {
    this.pictureLosses += 1;
    this.shown?.keyFrames.want();
    if (this.#wanted !== this.shown) this.#wanted?.keyFrames.want();
  }

  /** Whether this viewer gets the packet: as part of what, for `write`. The stream counts on with it. */
  take(source: Source, packet: MediaPacket): Segment | undefined {
    if (source === this.#wanted && source !== this.shown) this.#begin(source, packet);
    const segment = this.#segment;
    if (segment === undefined || segment.source !== source) return undefined;
    // From before the switch: its number in this stream belongs to another.
    if (packet.sequence < segment.firstOfSource) return undefined;
    if (packet.sequence > this.#newest) this.#newest = packet.sequence;
    return segment;
  }

  /** The packet as this viewer gets it, with the number that its transport gives it. Valid until the next is written. */
  write(segment: Segment, packet: MediaPacket, transportSequence: number, now: number): Buffer {
    return this.#write(segment, packet, transportSequence, now, -1);
  }

  /** A packet of the last seconds once more, as RTX where the viewer knows that. `number` is of 16 bits. */
  sendAgain(number: number, transportSequence: number, now: number): Buffer | undefined {
    const newest = this.#newestSequence();
    if (newest === undefined) return undefined;
    const sequence = unwrap16(newest, number);
    const segment = [...this.#past, ...(this.#segment === undefined ? [] : [this.#segment])].findLast(
      ({ first }) => first <= sequence,
    );
    if (segment === undefined || sequence > newest) return undefined;
    // What came before a switch is of no use after its key frame, and in the way where the path is full.
    if (this.kind === 'video' && segment !== this.#segment) return undefined;
    const packet = segment.source.cache.get(sequence - segment.first + segment.firstOfSource);
    const index = sequence & (againSlots - 1);
    if (packet === undefined || now - (this.#sentAgainAt?.[index] ?? Number.NEGATIVE_INFINITY) < againMs)
      return undefined;
    this.#sentAgainAt ??= new Float64Array(againSlots).fill(Number.NEGATIVE_INFINITY);
    this.#sentAgainAt[index] = now;
    this.repeated += 1;
    const original = this.rtxSsrc === 0 ? -1 : sequence & 0xffff;
    return this.#write(segment, packet, transportSequence, now, original);
  }

  /** A packet that the viewer has got already, as RTX: to find out what the path takes. `back` counts from the newest. */
  pad(back: number, transportSequence: number, now: number): Buffer | undefined {
    const segment = this.#segment;
    if (segment === undefined || this.rtxSsrc === 0) return undefined;
    const ofSource = this.#newest - back;
    if (ofSource < segment.firstOfSource) return undefined;
    const packet = segment.source.cache.get(ofSource);
    if (packet === undefined) return undefined;
    return this.#write(segment, packet, transportSequence, now, sequenceIn(segment, packet) & 0xffff);
  }

  /** A packet without content, to find that out where nothing is shown. */
  padEmpty(transportSequence: number, now: number): Buffer | undefined {
    const rtxPayloadType = this.#rtxPayloadType;
    if (this.kind !== 'video' || this.rtxSsrc === 0 || rtxPayloadType === 0) return undefined;
    this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
    const first = firstWord(false, rtxPayloadType, this.#rtxSequence);
    const timestamp = this.#written?.timestamp ?? 0;
    const written = writePadding(first, timestamp, this.rtxSsrc, transportSequence, now);
    return this.#renumbering?.apply(written) ?? written;
  }

  /** Of any codec that the viewer knows it of; 0 for none. */
  get #rtxPayloadType(): number {
    if (this.#payloadTypes === undefined) return describeCodec('VP8').rtxPayloadType;
    const known = [...this.#payloadTypes.values()].map(({ rtxPayloadType }) => rtxPayloadType);
    return known.find((each) => each > 0) ?? 0;
  }

  /** Ties the stream's timestamps to our clock, by which viewers keep sound and picture together. */
  senderReport(now: number): SenderReport | undefined {
    const segment = this.#segment;
    if (segment === undefined) return undefined;
    const { source } = segment;
    const newest = source.cache.get(source.reception.highest ?? segment.firstOfSource);
    if (newest === undefined) return undefined;
    const passedMs = now - source.recordedAt(newest.timestamp, newest.receivedAt);
    const timestamp = newest.timestamp + segment.timestampOffset + (passedMs * source.clockRate) / 1000;
    return {
      type: 'senderReport',
      ssrc: this.ssrc,
      ntpMs: ntpFromUnix(now),
      timestamp: Math.round(timestamp) >>> 0,
      packets: this.packets,
      bytes: this.bytes,
      reports: [],
    };
  }

  #begin(source: Source, packet: MediaPacket): void {
    if (source.kind === 'video' && !packet.payload.startsKeyFrame) {
      // For as long as it comes without: nobody else asks for what is not seen yet.
      source.keyFrames.want();
      return;
    }
    this.#end();
    const recordedAt = source.recordedAt(packet.timestamp, packet.receivedAt);
    const ticks = Math.round((recordedAt * source.clockRate) / 1000);
    this.#segment = beginSegment(source, packet, this.#written, ticks);
    this.#newest = packet.sequence;
    this.switches += 1;
  }

  #end(): void {
    const segment = this.#segment;
    if (segment === undefined) return;
    // It is there still: whatever came of the source after it would have been shown here, too.
    const newest = segment.source.cache.get(this.#newest);
    if (newest !== undefined) this.#written = endSegment(segment, newest, this.#written);
    this.#past = [...this.#past, segment].slice(-keptSegments);
    this.#segment = undefined;
  }

  /** Of the stream, counted on beyond 16 bits; `undefined` before the first packet. */
  #newestSequence(): number | undefined {
    const segment = this.#segment;
    return segment === undefined
      ? this.#written?.sequence
      : segment.first + this.#newest - segment.firstOfSource;
  }

  /** `original` is the number that is sent again, of 16 bits; -1 for what is sent for the first time. */
  #write(
    segment: Segment,
    packet: MediaPacket,
    transportSequence: number,
    now: number,
    original: number,
  ): Buffer {
    const { payloadType, rtxPayloadType } = this.#payloadTypes?.get(segment.source.codec) ?? segment.source;
    // The first packet of a voice tells the jitter buffer that it may adapt.
    const marker = packet.marker || (this.kind === 'audio' && packet.sequence === segment.firstOfSource);
    const timestamp = packet.timestamp + segment.timestampOffset;
    writePictureIds(segment, packet);
    let written: Buffer;
    if (original >= 0) {
      this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
      const first = firstWord(marker, rtxPayloadType, this.#rtxSequence);
      written = writeAgain(packet, first, timestamp, this.rtxSsrc, transportSequence, now, original);
    } else {
      this.packets += 1;
      this.bytes += packet.payloadEnd - packet.payloadStart;
      const first = firstWord(marker, payloadType, sequenceIn(segment, packet));
      written = writeOutgoing(packet, first, timestamp, this.ssrc, transportSequence, now);
    }
    return this.#renumbering?.apply(written) ?? written;
  }
}
