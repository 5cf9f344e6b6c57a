import { write } from 'sdp-transform';
import { extensionUris, newHeaderExtensions, readHeaderExtensions } from '../rtp/header-extensions.ts';
import { isRtcp, newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import { session } from '../sdp/sections.ts';
import { Connection } from '../transport/connection.ts';
import { iceAndDtls, parametersOf, withoutCandidates } from './client-sdp.ts';
import { comesUp } from './until-up.ts';

const payloadTypes = { opus: 109, VP8: 120, rtx: 121 };
const extensions = { transportCc: 7, audioLevel: 9 };

/** A player that knows nothing of us: it offers to receive one sound and one picture, under numbers of its own. */
export class TestPlayer {
  readonly offer: string;
  readonly #connection: Connection;
  readonly #received: {
    readonly payloadType: number;
    readonly text: string;
    readonly transportCc: number;
  }[] = [];

  static async open(videoCodec = 'VP8'): Promise<TestPlayer> {
    let player: TestPlayer | undefined;
    const connection = await Connection.offering(
      { bindAddress: '127.0.0.1' },
      { onPacket: (packet) => player?.receive(packet), onState: () => {} },
    );
    player = new TestPlayer(connection, videoCodec);
    return player;
  }

  private constructor(connection: Connection, videoCodec: string) {
    this.#connection = connection;
    this.offer = playOffer(connection, videoCodec);
  }

  accept(answer: string): void {
    this.#connection.accept(parametersOf(answer));
  }

  /** See `untilUp`. */
  isUp(): Promise<boolean> {
    return comesUp(this.#connection);
  }

  /** Whether packets of the stream with this name have come since `forget`, under the player's own numbers. */
  plays(name: string): boolean {
    return this.#received.some(
      ({ payloadType, text, transportCc }) =>
        [payloadTypes.opus, payloadTypes.VP8].includes(payloadType) &&
        text.includes(name) &&
        transportCc >= 0,
    );
  }

  forget(): void {
    this.#received.length = 0;
  }

  close(): void {
    this.#connection.close();
  }

  receive(packet: Buffer): void {
    const header = newRtpHeader();
    if (isRtcp(packet) || !readRtpHeader(packet, header)) return;
    const found = newHeaderExtensions();
    readHeaderExtensions(packet, header, extensions, found);
    const text = packet.toString('latin1', header.payloadStart, header.payloadEnd);
    this.#received.push({ payloadType: header.payloadType, text, transportCc: found.transportSequence });
  }
}

function playOffer({ ours }: Connection, videoCodec: string): string {
  const common = {
    port: 9,
    protocol: 'UDP/TLS/RTP/SAVPF',
    connection: { version: 4, ip: '0.0.0.0' },
    direction: 'recvonly' as const,
    rtcpMux: 'rtcp-mux' as const,
    ...iceAndDtls(withoutCandidates(ours), 'actpass'),
  };
  const { opus, VP8, rtx } = payloadTypes;
  return write({
    ...session(1, ['sound', 'picture']),
    media: [
      {
        ...common,
        type: 'audio',
        mid: 'sound',
        payloads: String(opus),
        rtp: [{ payload: opus, codec: 'opus', rate: 48_000, encoding: 2 }],
        fmtp: [],
        rtcpFb: [{ payload: opus, type: 'transport-cc' }],
        ext: [
          { value: extensions.transportCc, uri: extensionUris.transportCc },
          { value: extensions.audioLevel, uri: extensionUris.audioLevel },
        ],
      },
      {
        ...common,
        type: 'video',
        mid: 'picture',
        payloads: `${VP8} ${rtx}`,
        rtp: [
          { payload: VP8, codec: videoCodec, rate: 90_000 },
          { payload: rtx, codec: 'rtx', rate: 90_000 },
        ],
        fmtp: [{ payload: rtx, config: `apt=${VP8}` }],
        rtcpFb: [{ payload: VP8, type: 'nack' }],
        ext: [{ value: extensions.transportCc, uri: extensionUris.transportCc }],
      },
    ],
  });
}
