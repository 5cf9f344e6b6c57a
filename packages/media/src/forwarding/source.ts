import { type Codec, describeCodec, type Kind } from '../codecs/codecs.ts';
import { readPayload } from '../codecs/payload.ts';
import type { ReportBlock, SenderReport } from '../rtcp/messages.ts';
import type { HeaderExtensions } from '../rtp/header-extensions.ts';
import type { RtpHeader } from '../rtp/rtp-header.ts';
import { unwrap16 } from '../rtp/sequence.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';
import { fillMediaPacket, type MediaPacket } from './media-packet.ts';
import { NackList } from './nack-list.ts';
import { PacketCache } from './packet-cache.ts';
import { RateMeter } from './rate-meter.ts';
import { Reception } from './reception.ts';
import type { SenderClock } from './sender-clock.ts';

export interface SourceOptions {
  readonly ssrc: number;
  readonly codec: Codec;
  /** Name of the simulcast layer; empty for the only one. */
  readonly rid: string;
  /** The publisher's stream, which all layers of it share: switching between them needs no cut. */
  readonly stream: string;
  readonly clock: SenderClock;
}

export interface LayerStatistics {
  readonly rid: string;
  readonly codec: Codec;
  /** Pixels; 0 when unknown. */
  readonly width: number;
  readonly height: number;
  /** Bits per second over the last second. */
  readonly bitrate: number;
  readonly packets: number;
  readonly bytes: number;
  /** Packets that have not come, also not when asked for again. */
  readonly lost: number;
  readonly jitterMs: number;
}

/** About two seconds of a large video layer, or of many small audio packets. */
const cachedVideo = 512;
const cachedAudio = 64;

/** A sender report that contradicts what arrives by more than this is not believed. */
const plausibleDelayMs = 2000;

/** One RTP stream of a publisher: a microphone, or one simulcast layer of a camera. */
export class Source {
  readonly ssrc: number;
  readonly codec: Codec;
  readonly kind: Kind;
  readonly clockRate: number;
  /** What viewers know its packets, and their retransmissions, by. */
  readonly payloadType: number;
  readonly rtxPayloadType: number;
  readonly rid: string;
  readonly stream: string;
  readonly cache: PacketCache;
  readonly reception = new Reception();
  readonly keyFrames = new KeyFrameRequests();
  /** Pixels, as the last key frame told them; 0 when unknown. */
  width = 0;
  height = 0;

  #level = -1;
  readonly #clock: SenderClock;
  readonly #rate = new RateMeter();
  readonly #nacks = new NackList();

  constructor(options: SourceOptions) {
    const { kind, clockRate, payloadType, rtxPayloadType } = describeCodec(options.codec);
    this.ssrc = options.ssrc;
    this.codec = options.codec;
    this.kind = kind;
    this.clockRate = clockRate;
    this.payloadType = payloadType;
    this.rtxPayloadType = rtxPayloadType;
    this.rid = options.rid;
    this.stream = options.stream;
    this.cache = new PacketCache(kind === 'video' ? cachedVideo : cachedAudio);
    this.#clock = options.clock;
  }

  /** Takes a packet in. `undefined` when it is there already, too old, or empty. */
  receive(
    buffer: Buffer,
    header: RtpHeader,
    extensions: HeaderExtensions,
    now: number,
  ): MediaPacket | undefined {
    return this.#take(buffer, header, header.sequence, header.payloadStart, extensions, now, false);
  }

  /** Takes in a packet that was sent again (RFC 4588): its original number is before its payload. */
  receiveAgain(
    buffer: Buffer,
    header: RtpHeader,
    extensions: HeaderExtensions,
    now: number,
  ): MediaPacket | undefined {
    const payloadStart = header.payloadStart + 2;
    if (payloadStart > header.payloadEnd || this.reception.highest === undefined) return undefined;
    return this.#take(
      buffer,
      header,
      buffer.readUInt16BE(header.payloadStart),
      payloadStart,
      extensions,
      now,
      true,
    );
  }

  /**
   * The same from here on, for when packets of it were dropped before they came here: its numbers may have gone on so far
   * that new ones would be taken for old ones, and those between are not to be asked for.
   */
  anew(): Source {
    const { ssrc, codec, rid, stream, width, height } = this;
    const source = new Source({ ssrc, codec, rid, stream, clock: this.#clock });
    const { senderReport, senderReportAt } = this.reception;
    if (senderReport !== undefined) source.reception.addSenderReport(senderReport, senderReportAt);
    return Object.assign(source, { width, height });
  }

  /** Packets to ask the publisher for again, of 16 bits. */
  missing(now: number, roundTripMs: number): readonly number[] {
    return this.#nacks.due(now, roundTripMs);
  }

  addSenderReport(report: SenderReport, now: number): void {
    this.#clock.add(report, now);
    this.reception.addSenderReport(report, now);
  }

  report(now: number): ReportBlock {
    return this.reception.report(this.ssrc, now);
  }

  /** The loudest audio level since the last call: 0 (loudest) to 127 (silence), or -1 when nothing told one. */
  takeLevel(): number {
    const level = this.#level;
    this.#level = -1;
    return level;
  }

  bitrate(now: number): number {
    return this.#rate.bitrate(now);
  }

  statistics(now: number): LayerStatistics {
    const { rid, codec, width, height } = this;
    const { packets, bytes, lost, jitter } = this.reception;
    const jitterMs = (jitter * 1000) / this.clockRate;
    return { rid, codec, width, height, bitrate: this.bitrate(now), packets, bytes, lost, jitterMs };
  }

  /** When that which has this timestamp was recorded, in milliseconds of our clock: known by sender reports, else guessed. */
  recordedAt(timestamp: number, receivedAt: number): number {
    const report = this.reception.senderReport;
    const reportedAt = report === undefined ? undefined : this.#clock.toOurs(report.ntpMs);
    if (report === undefined || reportedAt === undefined) return receivedAt;
    const at = reportedAt + (((timestamp - report.timestamp) | 0) * 1000) / this.clockRate;
    return Math.abs(receivedAt - at) > plausibleDelayMs ? receivedAt : at;
  }

  #take(
    buffer: Buffer,
    header: RtpHeader,
    number: number,
    payloadStart: number,
    extensions: HeaderExtensions,
    now: number,
    again: boolean,
  ): MediaPacket | undefined {
    const { reception } = this;
    const { highest } = reception;
    const sequence = highest === undefined ? number : unwrap16(highest, number);
    const packet = this.cache.claim(sequence);
    if (packet === undefined) return undefined;
    const bytes = header.payloadEnd - payloadStart;
    reception.add(sequence, header.timestamp, bytes, this.clockRate, now, again);
    this.#rate.add(buffer.length, now);
    if (highest !== undefined && sequence > highest + 1) this.#gap(highest + 1, sequence, now);
    else this.#nacks.remove(sequence);

    packet.timestamp = header.timestamp;
    packet.marker = header.marker;
    packet.receivedAt = now;
    fillMediaPacket(packet, buffer, payloadStart, header.payloadEnd, extensions);
    if (this.codec !== 'opus' && this.codec !== 'red') this.#look(this.codec, packet);
    else this.#hear(packet.audioLevel < 0 ? guessedLevel(bytes) : packet.audioLevel);
    return packet;
  }

  #hear(level: number): void {
    this.#level = this.#level < 0 ? level : Math.min(this.#level, level);
  }

  #gap(from: number, to: number, now: number): void {
    if (!this.#nacks.addGap(from, to, now) && this.kind === 'video') this.keyFrames.want();
  }

  #look(codec: Exclude<Codec, 'opus' | 'red'>, packet: MediaPacket): void {
    const { payload } = packet;
    readPayload(codec, packet.buffer, packet.payloadStart, packet.payloadEnd, payload);
    if (!payload.startsKeyFrame) return;
    this.keyFrames.arrived();
    this.#nacks.forgetBefore(packet.sequence);
    if (payload.width === 0) return;
    this.width = payload.width;
    this.height = payload.height;
  }
}

/**
 * How loud a packet of an encoder counts that does not tell (most that speak WHIP do not): as quiet speech, so that it
 * is heard in a large room, while everybody who tells that he talks goes before it.
 */
function guessedLevel(bytes: number): number {
  return bytes > silentBytes ? quietSpeech : silence;
}

/** What Opus takes for a packet without sound (RFC 7587, section 3.1.3). */
const silentBytes = 8;
const quietSpeech = 45;
const silence = 127;
