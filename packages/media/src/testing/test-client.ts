import { parse } from 'sdp-transform';
import type { OfferedStream, ViewOffer } from '../engine/media-engine.ts';
import { ntpFromUnix } from '../rtcp/ntp.ts';
import { writeRtcp } from '../rtcp/write.ts';
import { isRtcp, newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import { Connection } from '../transport/connection.ts';
import { parametersOf, publishOffer, viewAnswer, withoutCandidates } from './client-sdp.ts';
import { rtpPacket, vp8Payload } from './packets.ts';
import { comesUp } from './until-up.ts';

export { withOtherCertificate } from './client-sdp.ts';
export { TestPlayer } from './test-player.ts';
export { untilUp } from './until-up.ts';

const options = { bindAddress: '127.0.0.1' };

/** What a test's client has received: media packets, by SSRC, in the order of arrival. */
export interface ReceivedPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** A client that publishes, over real ICE, DTLS and SRTP: an m-line for each stream, VP8 or Opus. */
export class TestPublisher {
  readonly streams: readonly OfferedStream[];
  readonly rtcp: Buffer[] = [];
  readonly #connection: Connection;
  readonly #levels = new Map<string, number>();
  readonly #sequences = new Map<string, number>();
  readonly #startedAt = Date.now();
  #clock: NodeJS.Timeout | undefined;
  #losesEvery = Number.POSITIVE_INFINITY;
  #size: { readonly width?: number; readonly height?: number } = {};

  static async open(streams: readonly OfferedStream[]): Promise<TestPublisher> {
    const rtcp: Buffer[] = [];
    const connection = await Connection.offering(options, {
      onPacket: (packet) => {
        if (isRtcp(packet)) rtcp.push(packet);
      },
      onState: () => {},
    });
    return new TestPublisher(streams, connection, rtcp);
  }

  private constructor(streams: readonly OfferedStream[], connection: Connection, rtcp: Buffer[]) {
    this.streams = streams;
    this.#connection = connection;
    this.rtcp = rtcp;
  }

  get offer(): { sdp: string; streams: readonly OfferedStream[] } {
    const ours = withoutCandidates(this.#connection.ours);
    return { sdp: publishOffer(this.streams, ours), streams: this.streams };
  }

  accept(sdp: string): void {
    this.#connection.accept(parametersOf(sdp));
  }

  /** See `untilUp`. */
  isUp(): Promise<boolean> {
    return comesUp(this.#connection);
  }

  /** Sends a key frame, or a sound, in each stream every few milliseconds, and a report now and then. */
  start(): void {
    let ticks = 0;
    this.#clock ??= setInterval(() => {
      for (const stream of this.streams) this.#send(stream);
      ticks += 1;
      if (ticks % 20 === 0) this.#report();
    }, 10);
  }

  /** Tells, as browsers do every few seconds, how the timestamps of all streams relate to one clock. */
  #report(): void {
    for (const { kind, name } of this.streams) {
      const sequence = this.#sequences.get(name) ?? 0;
      const timestamp = (sequence * ticksOf(kind)) >>> 0;
      const ssrc = ssrcOf(this.streams, name);
      const ntpMs = ntpFromUnix(this.#startedAt + sequence * 10);
      const counts = { packets: sequence, bytes: 0, reports: [] };
      this.#connection.send(writeRtcp({ type: 'senderReport', ssrc, ntpMs, timestamp, ...counts }));
    }
  }

  /** Packets of all streams that it has sent, or lost as it was told. */
  get sent(): number {
    return [...this.#sequences.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The numbers of all streams go on by so many, as if it had sent that. */
  skip(packets: number): void {
    for (const [name, sequence] of this.#sequences) this.#sequences.set(name, sequence + packets);
  }

  /** How loud a microphone is from now on: 0 (loudest) to 127. Loud by default. */
  setLevel(name: string, level: number): void {
    this.#levels.set(name, level);
  }

  /** How large pictures are from now on; 640 × 360 pixels by default. */
  setSize(width: number, height: number): void {
    this.#size = { width, height };
  }

  /** Every so manieth packet is lost from now on. */
  loseEvery(count: number): void {
    this.#losesEvery = count;
  }

  #send({ mid, kind, name }: OfferedStream): void {
    const sequence = (this.#sequences.get(name) ?? 0) + 1;
    this.#sequences.set(name, sequence);
    if (sequence % this.#losesEvery === 0) return;
    const isVideo = kind === 'camera' || kind === 'screen';
    const filler = Buffer.from(name);
    const extensions = [
      { id: 4, data: Buffer.from(mid) },
      ...(isVideo ? [] : [{ id: 6, data: Buffer.from([this.#levels.get(name) ?? 20]) }]),
    ];
    this.#connection.send(
      rtpPacket({
        payloadType: isVideo ? 96 : 111,
        ssrc: ssrcOf(this.streams, name),
        sequence: sequence & 0xffff,
        timestamp: (sequence * ticksOf(kind)) >>> 0,
        marker: isVideo,
        extensions,
        payload: isVideo
          ? vp8Payload({ keyFrame: true, pictureId: sequence, filler, ...this.#size })
          : filler,
      }),
    );
  }

  close(): void {
    clearInterval(this.#clock);
    this.#connection.close();
  }
}

/** Ticks of the timestamp in ten milliseconds. */
function ticksOf(kind: OfferedStream['kind']): number {
  return kind === 'camera' || kind === 'screen' ? 900 : 480;
}

/** A client that views: keeps what comes, by the m-lines of the offer. */
export class TestViewer {
  readonly received: ReceivedPacket[] = [];
  readonly #connection: Connection;
  #mids = new Map<string, number>();

  static async open(offer: ViewOffer): Promise<TestViewer> {
    let viewer: TestViewer | undefined;
    const connection = await Connection.answering(withoutCandidates(parametersOf(offer.sdp)), options, {
      onPacket: (packet) => viewer?.receive(packet),
      onState: () => {},
    });
    viewer = new TestViewer(connection);
    return viewer;
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The answer to the first offer, or to a later one of the same transport. */
  answer({ version, sdp }: ViewOffer): ViewOffer {
    const offer = parse(sdp);
    this.#mids = new Map(offer.media.map(({ mid, ssrcs }) => [String(mid), Number(ssrcs?.[0]?.id)]));
    return { version, sdp: viewAnswer(sdp, this.#connection.ours) };
  }

  /** See `untilUp`. */
  isUp(): Promise<boolean> {
    return comesUp(this.#connection);
  }

  in(mid: string): ReceivedPacket[] {
    return this.received.filter(({ ssrc }) => ssrc === this.#mids.get(mid));
  }

  /** Whether packets of the stream with this name come in the m-line. */
  sees(mid: string, name: string): boolean {
    return this.in(mid).some(({ payload }) => payload.includes(name));
  }

  receive(packet: Buffer): void {
    if (isRtcp(packet)) return;
    const header = newRtpHeader();
    if (!readRtpHeader(packet, header)) return;
    const { ssrc, sequence } = header;
    this.received.push({
      ssrc,
      sequence,
      payload: packet.subarray(header.payloadStart, header.payloadEnd),
    });
  }

  close(): void {
    this.#connection.close();
  }
}

function ssrcOf(streams: readonly OfferedStream[], name: string): number {
  return 100 + streams.findIndex((stream) => stream.name === name);
}
