import type { Kind } from '../codecs/codecs.ts';
import { LossCounter } from '../forwarding/loss-counter.ts';
import type { MediaPacket } from '../forwarding/media-packet.ts';
import { SenderClock } from '../forwarding/sender-clock.ts';
import { Source } from '../forwarding/source.ts';
import type { RtcpMessage } from '../rtcp/messages.ts';
import { readRtcp } from '../rtcp/read.ts';
import { writeRtcp } from '../rtcp/write.ts';
import { newHeaderExtensions, readHeaderExtensions } from '../rtp/header-extensions.ts';
import { isRtcp, newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import { writePublishAnswer } from '../sdp/publish-answer.ts';
import { type OfferedSection, type PublishOffer, readPublishOffer } from '../sdp/publish-offer.ts';
import { ArrivalLog } from './arrival-log.ts';
import { Connection, type ConnectionState, type TransportOptions } from './connection.ts';
import { type MediaCounters, newMediaCounters } from './media-counters.ts';
import { PacketBudget, packetsPerSecond } from './packet-budget.ts';
import { type FoundStream, findStream, maxSsrcs } from './stream-finder.ts';

export interface PublishedStream {
  readonly mid: string;
  readonly kind: Kind;
}

export interface SendTransportEvents {
  /** A source has sent its first packet. */
  onSource(mid: string, source: Source): void;
  onPacket(source: Source, packet: MediaPacket, now: number): void;
  onState(state: ConnectionState): void;
}

interface Binding {
  readonly mid: string;
  /** Shared with its retransmissions. */
  readonly bound: Bound;
  readonly section: OfferedSection;
  readonly isRtx: boolean;
}

interface Bound {
  source: Source;
  /** Packets of it were dropped since it began. */
  hasGap: boolean;
  /** Another has come for its layer. */
  isReplaced: boolean;
  readonly boundAt: number;
}

const reportIntervalMs = 1000;
const feedbackIntervalMs = 100;
/** Until the publisher's path is measured; asking sooner would ask twice. */
const roundTripMs = 80;
/** One that is shown, and one that it has replaced, of which late packets may come. */
const sourcesPerLayer = 2;
/** What has been there for so long and does not come for so long is over. */
const overMs = 1000;
/** Whom our RTCP comes from. */
const ourSsrc = 1;

/** What a publisher sends: all its streams in one bundle. */
export class SendTransport {
  /** What the publisher is asked not to exceed, in bits per second of all its streams; `undefined` for any. */
  maxBitrate: number | undefined;
  /** Pixels of the shorter side of pictures that are forwarded. */
  maxHeight = Number.POSITIVE_INFINITY;

  /** Of what the publisher has sent. */
  readonly loss = new LossCounter();

  readonly #id: string;
  readonly #events: SendTransportEvents;
  readonly #counters: MediaCounters;
  readonly #clock = new SenderClock();
  readonly #arrivals = new ArrivalLog();
  readonly #rtpBudget = new PacketBudget(packetsPerSecond.rtp);
  readonly #rtcpBudget = new PacketBudget(packetsPerSecond.rtcp);
  readonly #header = newRtpHeader();
  readonly #extensions = newHeaderExtensions();
  readonly #bindings = new Map<number, Binding>();
  /** Of all bindings, each once. */
  #sources: readonly Source[] = [];
  readonly #silenced = new Set<string>();
  readonly #refused = new Map<string, number>();
  #offer: PublishOffer;
  #version = 1;
  #connection: Connection | undefined;
  /** Of all sources, as of the last report. */
  #lost = 0;
  #reportedAt = 0;
  #feedbackAt = 0;

  /** Answers a publisher's offer. Throws BAD_REQUEST when it is malformed. */
  static async open(
    id: string,
    offer: string,
    options: TransportOptions,
    events: SendTransportEvents,
  ): Promise<SendTransport> {
    const transport = new SendTransport(id, readPublishOffer(offer), events, options.counters);
    transport.#connection = await Connection.answering(transport.#offer.peer, options, {
      onPacket: (packet) => transport.#receive(packet, Date.now()),
      onState: (state) => {
        if (state === 'connected') transport.#greet();
        events.onState(state);
      },
    });
    return transport;
  }

  private constructor(
    id: string,
    offer: PublishOffer,
    events: SendTransportEvents,
    counters = newMediaCounters(),
  ) {
    this.#id = id;
    this.#counters = counters;
    this.#offer = offer;
    this.#events = events;
  }

  get answer(): string {
    if (this.#connection === undefined) return '';
    return writePublishAnswer(this.#offer, this.#connection.ours, this.#version);
  }

  get streams(): PublishedStream[] {
    return this.#offer.sections.flatMap(({ mid, kind, sends }) =>
      kind === undefined || !sends ? [] : [{ mid, kind }],
    );
  }

  /** Takes another offer of the same connection: more streams, or fewer. Answers the SDP answer. */
  renegotiate(sdp: string): string {
    this.#offer = readPublishOffer(sdp);
    this.#version += 1;
    for (const [ssrc, { mid }] of this.#bindings) {
      if (!this.streams.some((stream) => stream.mid === mid)) this.#bindings.delete(ssrc);
    }
    this.#listSources();
    return this.answer;
  }

  /** Whether packets of a stream are taken. Those that are not are counted in `refused`. */
  permit(mid: string, permitted: boolean): void {
    if (permitted) this.#silenced.delete(mid);
    else this.#silenced.add(mid);
  }

  /** Packets of a stream that were dropped where they arrived. */
  refused(mid: string): number {
    return this.#refused.get(mid) ?? 0;
  }

  /** Sends what is due: requests for packets and key frames, feedback, reports. */
  tick(now: number): void {
    const sources = this.#sources;
    const messages: RtcpMessage[] = [];
    for (const source of sources) {
      const { ssrc } = source;
      const sequences = source.missing(now, roundTripMs);
      if (sequences.length > 0) {
        messages.push({ type: 'nack', sender: ourSsrc, ssrc, sequences });
        this.#counters.nacksOut += 1;
      }
      if (source.keyFrames.due(now)) {
        messages.push({ type: 'pictureLoss', sender: ourSsrc, ssrc });
        this.#counters.keyFrameRequestsOut += 1;
      }
    }
    if (now - this.#feedbackAt >= feedbackIntervalMs) {
      this.#feedbackAt = now;
      const feedback = this.#arrivals.flush(ourSsrc, sources[0]?.ssrc ?? 0);
      if (feedback !== undefined) messages.push(feedback);
    }
    if (now - this.#reportedAt >= reportIntervalMs && sources.length > 0) {
      this.#reportedAt = now;
      const reports = sources.slice(0, 31).map((source) => source.report(now));
      for (const { fractionLost } of reports) this.loss.add(1, fractionLost);
      const lost = reports.reduce((sum, { totalLost }) => sum + totalLost, 0);
      this.#counters.lostIn += Math.max(0, lost - this.#lost);
      this.#lost = lost;
      messages.unshift({ type: 'receiverReport', ssrc: ourSsrc, reports });
      // A browser takes this for a limit of what it has learned from the feedback.
      const ssrcs = reports.map(({ ssrc }) => ssrc);
      if (this.maxBitrate !== undefined)
        messages.push({ type: 'receiverEstimate', sender: ourSsrc, bitrate: this.maxBitrate, ssrcs });
    }
    if (messages.length > 0) this.#connection?.send(writeRtcp(...messages));
  }

  close(): void {
    this.#connection?.close();
  }

  /** Until the first report, which tells of packets, a publisher cannot know that what it sends is taken. */
  #greet(): void {
    this.#connection?.send(writeRtcp({ type: 'receiverReport', ssrc: ourSsrc, reports: [] }));
  }

  #receive(packet: Buffer, now: number): void {
    if (isRtcp(packet)) {
      if (this.#rtcpBudget.take(now)) this.#receiveRtcp(packet, now);
    } else if (this.#rtpBudget.take(now)) this.#receiveRtp(packet, now);
  }

  #receiveRtp(packet: Buffer, now: number): void {
    const header = this.#header;
    if (!readRtpHeader(packet, header)) return;
    const binding = this.#bindings.get(header.ssrc) ?? this.#bind(packet, now);
    if (binding === undefined) return;
    const { bound, mid, section } = binding;
    const extensions = this.#extensions;
    readHeaderExtensions(packet, header, section.extensions, extensions);
    if (extensions.transportSequence >= 0) this.#arrivals.add(extensions.transportSequence, now);
    if (this.#silenced.size > 0 && this.#silenced.has(mid)) {
      this.#refused.set(mid, this.refused(mid) + 1);
      bound.hasGap = true;
      return;
    }
    if (bound.hasGap) {
      // It may be one of those that were dropped, or late.
      if (binding.isRtx || bound.isReplaced) return;
      this.#beginAnew(bound, mid);
    }
    const { source } = bound;
    const found = binding.isRtx
      ? source.receiveAgain(packet, header, extensions, now)
      : source.receive(packet, header, extensions, now);
    if (found !== undefined) this.#events.onPacket(source, found, now);
  }

  #beginAnew(bound: Bound, mid: string): void {
    bound.source = bound.source.anew();
    bound.hasGap = false;
    this.#listSources();
    this.#events.onSource(mid, bound.source);
  }

  #bind(packet: Buffer, now: number): Binding | undefined {
    const { ssrc } = this.#header;
    const found = findStream(packet, this.#header, this.#offer.sections);
    if (found === undefined) return undefined;
    const { section, rid, isRtx } = found;
    const ofSection = [...this.#bindings.values()].filter(({ mid }) => mid === section.mid);
    if (ofSection.length >= maxSsrcs) return undefined;
    const ofLayer = ofSection.filter(({ bound, isRtx: other }) => !other && bound.source.rid === rid);
    const newest = ofLayer.at(-1)?.bound;
    const bound = isRtx ? newest : this.#newBound(found, now, ofLayer);
    if (bound === undefined) return undefined;
    const { source } = bound;
    const binding = { mid: section.mid, bound, section, isRtx };
    this.#bindings.set(ssrc, binding);
    this.#listSources();
    if (!isRtx) this.#events.onSource(section.mid, source);
    return binding;
  }

  /** In place of what the layer was before. Not more often than a browser does, since each has a cache of its own. */
  #newBound(found: FoundStream, now: number, ofLayer: readonly Binding[]): Bound | undefined {
    const oldest = ofLayer.length < sourcesPerLayer ? undefined : ofLayer[0]?.bound;
    // Before a source is made, which takes longer than to refuse a packet.
    const cameAt = oldest && Math.max(oldest.boundAt, oldest.source.reception.lastAt);
    if (cameAt !== undefined && now - cameAt < overMs) return undefined;
    const source = this.#newSource(found);
    if (source === undefined) return undefined;
    for (const [ssrc, { bound }] of this.#bindings) if (bound === oldest) this.#bindings.delete(ssrc);
    for (const { bound } of ofLayer) bound.isReplaced = true;
    return { source, hasGap: false, isReplaced: false, boundAt: now };
  }

  #listSources(): void {
    this.#sources = [...new Set([...this.#bindings.values()].map(({ bound }) => bound.source))];
  }

  #newSource({ section, rid }: FoundStream): Source | undefined {
    const { ssrc, payloadType } = this.#header;
    const codec = section.codecs.find((each) => each.payloadType === payloadType)?.codec;
    if (codec === undefined) return undefined;
    return new Source({ ssrc, codec, rid, stream: `${this.#id}/${section.mid}`, clock: this.#clock });
  }

  #receiveRtcp(packet: Buffer, now: number): void {
    for (const message of readRtcp(packet)) {
      if (message.type !== 'senderReport') continue;
      const binding = this.#bindings.get(message.ssrc);
      if (binding !== undefined && !binding.isRtx) binding.bound.source.addSenderReport(message, now);
    }
  }
}
