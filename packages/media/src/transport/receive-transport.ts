import { StoaError } from '@stoa/protocol';
import { BandwidthEstimator } from '../bandwidth/estimator.ts';
import { type Paced, Pacer } from '../bandwidth/pacer.ts';
import { Prober } from '../bandwidth/prober.ts';
import type { ReleaseClock } from '../bandwidth/release-clock.ts';
import { RepeatBudget } from '../bandwidth/repeat-budget.ts';
import { type Acknowledged, SendLog } from '../bandwidth/send-log.ts';
import { Starvation } from '../bandwidth/starvation.ts';
import type { Kind } from '../codecs/codecs.ts';
import { LossCounter } from '../forwarding/loss-counter.ts';
import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Segment } from '../forwarding/rewriting.ts';
import { Slot, type SlotOptions } from '../forwarding/slot.ts';
import type { Source } from '../forwarding/source.ts';
import type { RtcpMessage } from '../rtcp/messages.ts';
import { readRtcp } from '../rtcp/read.ts';
import { writeRtcp } from '../rtcp/write.ts';
import { isRtcp } from '../rtp/rtp-header.ts';
import { numbersOf, playedSections, takesRtx, writePlayAnswer } from '../sdp/play-answer.ts';
import { readPublishOffer } from '../sdp/publish-offer.ts';
import { readSlotsAnswer, writeSlotsOffer } from '../sdp/slots-offer.ts';
import { Connection, type ConnectionState, type TransportOptions } from './connection.ts';
import { type MediaCounters, newMediaCounters } from './media-counters.ts';
import { PacketBudget, packetsPerSecond } from './packet-budget.ts';
import { RoundTrip } from './round-trip.ts';

/** How many m-lines of each kind a viewer gets. */
export interface SlotCounts {
  readonly audio: number;
  readonly video: number;
}

export interface NumberedSlot {
  readonly mid: string;
  readonly slot: Slot;
}

/** A packet of a burst that waits its turn: its header is written when it leaves. */
interface Waiting extends Paced {
  readonly slot: Slot;
  readonly segment: Segment;
  readonly packet: MediaPacket;
  /** Of the packet, by which it is noticed that the cache has used its record for another. */
  readonly sequence: number;
}

const maxSlots = 128;
const reportIntervalMs = 1000;
/** Of slots, in one datagram: 44 bytes each. */
const reportsAtOnce = 24;
/** Of one moment of a probe. */
const mostPadding = 200;
const cname = 'stoa';

/** What a viewer gets: a pool of slots in one bundle, which only grows. */
export class ReceiveTransport {
  readonly estimator = new BandwidthEstimator();
  readonly starvation = new Starvation();
  /** Of what the viewer was sent, by its reports. */
  readonly loss = new LossCounter();
  readonly roundTrip = new RoundTrip();
  /** Bits per second; `undefined` for as much as the path takes. */
  maxBitrate: number | undefined;
  readonly #releases: ReleaseClock;
  readonly #counters: MediaCounters;
  readonly #slots: NumberedSlot[] = [];
  readonly #bySsrc = new Map<number, Slot>();
  readonly #sent = new SendLog();
  readonly #pacer = new Pacer<Waiting>();
  readonly #prober = new Prober();
  readonly #again = new RepeatBudget();
  readonly #budget = new PacketBudget(packetsPerSecond.rtcp);
  #connection: Connection | undefined;
  #answered = false;
  #version = 0;
  #reportedAt = 0;

  static async open(
    counts: SlotCounts,
    options: TransportOptions,
    releases: ReleaseClock,
    onState: (state: ConnectionState) => void,
  ): Promise<ReceiveTransport> {
    const transport = new ReceiveTransport(releases, options.counters);
    transport.grow(counts);
    transport.#connection = await Connection.offering(options, {
      onPacket: (packet) => transport.#receive(packet, Date.now()),
      onState,
    });
    return transport;
  }

  /** For a player that offers: its m-lines are the slots, under its own numbers, and there will be no others. */
  static async playing(
    sdp: string,
    options: TransportOptions,
    releases: ReleaseClock,
    onState: (state: ConnectionState) => void,
  ): Promise<{ transport: ReceiveTransport; answer: string }> {
    const offer = readPublishOffer(sdp);
    const played = playedSections(offer);
    const transport = new ReceiveTransport(releases, options.counters);
    const slots = played.map((section) => {
      const { ssrc, rtxSsrc } = transport.#add(section.mid, {
        kind: section.kind,
        hasRtx: section.kind === 'video' && takesRtx(section),
        numbers: numbersOf(section),
      });
      return [section.mid, { ...section, ssrc, rtxSsrc }] as const;
    });
    transport.#connection = await Connection.answering(offer.peer, options, {
      onPacket: (packet) => transport.#receive(packet, Date.now()),
      onState,
    });
    transport.#answered = true;
    return { transport, answer: writePlayAnswer(offer, new Map(slots), transport.#connection.ours) };
  }

  private constructor(releases: ReleaseClock, counters = newMediaCounters()) {
    this.#releases = releases;
    this.#counters = counters;
  }

  /** What may be sent, in bits per second. */
  get bitrate(): number {
    return Math.min(this.estimator.bitrate, this.maxBitrate ?? Number.POSITIVE_INFINITY);
  }

  get slots(): readonly NumberedSlot[] {
    return this.#slots;
  }

  /** The newest offer, with all slots. */
  get offer(): string {
    return this.#connection === undefined
      ? ''
      : writeSlotsOffer(this.#sections(), this.#connection.ours, this.#version);
  }

  /** Adds slots up to these numbers. They are there once the next offer is answered. */
  grow({ audio, video }: SlotCounts): void {
    if (audio + video > maxSlots) throw tooMany();
    this.#version += 1;
    this.#growTo('audio', audio);
    this.#growTo('video', video);
  }

  /** Takes the viewer's answer. Throws BAD_REQUEST when it does not fit to the newest offer. */
  answer(sdp: string): void {
    const peer = readSlotsAnswer(sdp, this.#sections());
    // Later answers are about slots only, which the library does not know of.
    if (!this.#answered) this.#connection?.accept(peer);
    this.#answered = true;
  }

  forward(slot: Slot, source: Source, packet: MediaPacket, now: number): void {
    if (this.#pacer.waiting > 0) this.release(now);
    const segment = slot.take(source, packet);
    if (segment === undefined) return;
    // Sound is little, and comes evenly by itself.
    if (slot.kind === 'audio' || this.#pacer.admit(packet.payloadEnd - packet.payloadStart, now))
      this.#send(slot.write(segment, packet, this.#sent.number, now), now);
    else this.#wait(slot, segment, packet);
  }

  /** What is shown now, and what would be if the path took it: bits per second, of pictures. */
  setDemand(shown: number, wanted: number): void {
    this.#pacer.setBitrate(this.estimator.bitrate, shown);
    this.#prober.wanted = Math.min(wanted, this.maxBitrate ?? Number.POSITIVE_INFINITY);
  }

  tick(now: number): void {
    if (this.#pacer.waiting > 0) this.release(now);
    const padding = this.#prober.due(now, this.estimator.bitrate, this.estimator.sent(now));
    if (padding > 0) this.#pad(padding, now);
    if (now - this.#reportedAt < reportIntervalMs) return;
    this.#reportedAt = now;
    const reports = this.#slots.flatMap(({ slot }) => slot.senderReport(now) ?? []);
    for (let first = 0; first < reports.length; first += reportsAtOnce) {
      const some = reports.slice(first, first + reportsAtOnce);
      const sources = some.map(({ ssrc }) => ({ ssrc, cname }));
      this.#connection?.send(writeRtcp(...some, { type: 'sourceDescription', sources }));
    }
  }

  /** Sends what has waited long enough. False when nothing waits any more. */
  release(now: number): boolean {
    for (let next = this.#pacer.next(now); next !== undefined; next = this.#pacer.next(now)) {
      const { slot, segment, packet, sequence } = next;
      if (packet.sequence === sequence) this.#send(slot.write(segment, packet, this.#sent.number, now), now);
    }
    return this.#pacer.waiting > 0;
  }

  close(): void {
    this.#releases.forget(this);
    this.#connection?.close();
  }

  #growTo(kind: Kind, count: number): void {
    const existing = this.#slots.filter(({ slot }) => slot.kind === kind).length;
    for (let index = existing; index < count; index += 1) {
      this.#add(`${kind === 'audio' ? 'a' : 'v'}${index}`, { kind, hasRtx: kind === 'video' });
    }
  }

  #add(
    mid: string,
    { hasRtx, ...options }: Pick<SlotOptions, 'kind' | 'numbers'> & { hasRtx: boolean },
  ): Slot {
    if (this.#slots.length >= maxSlots) throw tooMany();
    // Ours alone are in this bundle: any numbers do that differ.
    const ssrc = 1000 + 2 * this.#slots.length;
    const slot = new Slot({ ...options, ssrc, rtxSsrc: hasRtx ? ssrc + 1 : 0 });
    this.#slots.push({ mid, slot });
    this.#bySsrc.set(ssrc, slot);
    return slot;
  }

  #sections() {
    return this.#slots.map(({ mid, slot: { kind, ssrc, rtxSsrc } }) => ({ mid, kind, ssrc, rtxSsrc }));
  }

  #wait(slot: Slot, segment: Segment, packet: MediaPacket): void {
    const { sequence, payloadStart, payloadEnd } = packet;
    this.#pacer.wait({ slot, segment, packet, sequence, bytes: payloadEnd - payloadStart });
    this.#releases.add(this);
  }

  #send(packet: Buffer | undefined, now: number): void {
    if (packet !== undefined && this.#connection?.send(packet) === true) this.#sent.add(packet.length, now);
  }

  /** Sends about so many bytes that the viewer has already, or of nothing where he is shown nothing. */
  #pad(bytes: number, now: number): void {
    const slots = this.#slots.filter(({ slot }) => slot.kind === 'video');
    const slot = (slots.find((each) => each.slot.shown !== undefined) ?? slots[0])?.slot;
    let left = bytes;
    for (let back = 0; slot !== undefined && left > 0 && back < mostPadding; back += 1) {
      const number = this.#sent.number;
      const packet = slot.shown === undefined ? slot.padEmpty(number, now) : slot.pad(back, number, now);
      if (packet === undefined) return;
      left -= packet.length;
      this.#send(packet, now);
    }
  }

  #sendAgain(slot: Slot, sequences: readonly number[], now: number): void {
    this.#again.refill(this.estimator.bitrate, now);
    for (const sequence of sequences) {
      if (!this.#again.hasRoom) return;
      const packet = slot.sendAgain(sequence, this.#sent.number, now);
      if (packet !== undefined) this.#counters.retransmitted += 1;
      this.#again.spend(packet?.length ?? 0);
      this.#pacer.charge(packet?.length ?? 0);
      this.#send(packet, now);
    }
  }

  #receive(packet: Buffer, now: number): void {
    if (!isRtcp(packet) || !this.#budget.take(now)) return;
    for (const message of readRtcp(packet)) this.#take(message, now);
  }

  #take(message: RtcpMessage, now: number): void {
    switch (message.type) {
      case 'nack': {
        this.#counters.nacksIn += 1;
        const slot = this.#bySsrc.get(message.ssrc);
        if (slot !== undefined) this.#sendAgain(slot, message.sequences, now);
        return;
      }
      case 'pictureLoss':
        this.#wantKeyFrame(message.ssrc);
        return;
      case 'fullIntraRequest':
        for (const { ssrc } of message.requests) this.#wantKeyFrame(ssrc);
        return;
      case 'receiverEstimate':
        this.estimator.onReceiverEstimate(message.bitrate, now);
        return;
      case 'receiverReport':
        if (message.reports.length > 0)
          this.estimator.onReport(Math.max(...message.reports.map(({ fractionLost }) => fractionLost)), now);
        for (const report of message.reports) {
          const { ssrc, fractionLost, totalLost } = report;
          this.roundTrip.add(report, now);
          this.loss.add(1, fractionLost);
          const slot = this.#bySsrc.get(ssrc);
          if (slot === undefined) continue;
          this.#counters.lostOut += Math.max(0, totalLost - slot.lost);
          slot.lost = totalLost;
        }
        return;
      case 'transportFeedback':
        this.#takeFeedback(this.#sent.acknowledge(message, now), now);
        return;
      default:
    }
  }

  #takeFeedback(packets: Acknowledged, now: number): void {
    this.estimator.onFeedback(packets, now, this.#prober);
    const found = this.#prober.onFeedback(packets, now);
    if (found !== undefined) this.estimator.onProbe(found, now);
  }

  #wantKeyFrame(ssrc: number): void {
    const slot = this.#bySsrc.get(ssrc);
    if (slot === undefined) return;
    this.#counters.keyFrameRequestsIn += 1;
    slot.pictureLost();
  }
}

function tooMany(): StoaError {
  return new StoaError('TOO_MANY', `A viewer has at most ${maxSlots} slots.`);
}
