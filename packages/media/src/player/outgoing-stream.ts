import { describeCodec } from '../codecs/codecs.ts';
import type { SenderReport } from '../rtcp/messages.ts';
import { ntpFromUnix } from '../rtcp/ntp.ts';
import { setUint16, setUint32 } from '../rtp/bytes.ts';
import type { Frame, PlayableTrack } from './media-files.ts';
import { type Packetizer, packetizerOf } from './packetize.ts';

/** Ids of the header extensions in our offers. */
export const playerExtensionIds = { mid: 1, audioLevel: 2 } as const;

/** RTP packets of a track of a file (RFC 3550), and those that were lost once more. */
export class OutgoingStream {
  readonly mid: string;
  readonly ssrc: number;
  readonly track: PlayableTrack;
  readonly #packetize: Packetizer;
  readonly #payloadType: number;
  readonly #clockRate: number;
  readonly #extension: Buffer;
  readonly #firstTimestamp: number;
  /** The newest packets, each at the rest of its number. */
  readonly #kept: (Buffer | undefined)[] = [];
  #next: number;
  #packets = 0;
  #bytes = 0;

  /** @param random between 0 and 1, from which SSRC, first number and first timestamp come (RFC 3550, section 5.1) */
  constructor(mid: string, track: PlayableTrack, random: () => number) {
    const { payloadType, clockRate, kind } = describeCodec(track.codec);
    this.mid = mid;
    this.track = track;
    this.ssrc = 1 + Math.floor(random() * 0xffff_fffe);
    this.#next = Math.floor(random() * 0x1_0000);
    this.#firstTimestamp = Math.floor(random() * 0x1_0000_0000);
    this.#packetize = packetizerOf(track);
    this.#payloadType = payloadType;
    this.#clockRate = clockRate;
    this.#extension = extension(mid, kind === 'audio');
  }

  /** The packets of the next frame, which is shown `atMs` from the beginning of the stream. */
  packetsOf(frame: Frame, atMs: number): Buffer[] {
    const payloads = this.#packetize(frame);
    return payloads.map((payload, index) => {
      const packet = Buffer.concat([
        this.#header(atMs, index === payloads.length - 1),
        this.#extension,
        payload,
      ]);
      this.#kept[this.#next % keptPackets] = packet;
      this.#next = (this.#next + 1) & 0xffff;
      this.#packets += 1;
      this.#bytes += payload.length;
      return packet;
    });
  }

  /** A packet that was lost, if it is not too long ago. */
  again(sequence: number): Buffer | undefined {
    const packet = this.#kept[sequence % keptPackets];
    return packet?.readUInt16BE(2) === sequence ? packet : undefined;
  }

  /** How its timestamps relate to the clock, so that sound and picture are shown together. */
  report(atMs: number, now: number): SenderReport {
    return {
      type: 'senderReport',
      ssrc: this.ssrc,
      ntpMs: ntpFromUnix(now),
      timestamp: this.#timestamp(atMs),
      packets: this.#packets >>> 0,
      bytes: this.#bytes >>> 0,
      reports: [],
    };
  }

  #header(atMs: number, isLast: boolean): Buffer {
    const header = Buffer.alloc(12);
    header[0] = 0x90;
    header[1] = (isLast && this.#clockRate === 90_000 ? 0x80 : 0) | this.#payloadType;
    setUint16(header, 2, this.#next);
    setUint32(header, 4, this.#timestamp(atMs));
    setUint32(header, 8, this.ssrc);
    return header;
  }

  #timestamp(atMs: number): number {
    return (this.#firstTimestamp + Math.round((atMs * this.#clockRate) / 1000)) % 0x1_0000_0000;
  }
}

/** Extensions with one-byte headers (RFC 8285). Sound is not decoded: it counts as speech of middling loudness (RFC 6464). */
function extension(mid: string, isSound: boolean): Buffer {
  const name = Buffer.from(mid, 'latin1');
  const { mid: midId, audioLevel } = playerExtensionIds;
  const elements = [(midId << 4) | (name.length - 1), ...name];
  if (isSound) elements.push(audioLevel << 4, 0x80 | speechLevel);
  while (elements.length % 4 !== 0) elements.push(0);
  return Buffer.from([0xbe, 0xde, 0, elements.length / 4, ...elements]);
}

/** In -dBov. */
const speechLevel = 35;
/** A power of two, so that numbers that begin anew go on in their places. */
const keptPackets = 1024;
