import { SenderClock } from '../forwarding/sender-clock.ts';
import { Source } from '../forwarding/source.ts';
import { newHeaderExtensions, readHeaderExtensions } from '../rtp/header-extensions.ts';
import { newRtpHeader, readRtpHeader } from '../rtp/rtp-header.ts';
import { rtpPacket, vp8Payload } from './packets.ts';

export interface SentPacket {
  readonly bytes: Buffer;
  readonly sequence: number;
  readonly frame: number;
  readonly keyFrame: boolean;
}

/** A publisher's VP8 layer whose packets a test loses and delays as it likes. */
export class TestLayer {
  readonly source: Source;
  #sequence: number;
  #timestamp: number;
  #frame = 0;
  #pictureId: number;

  constructor(
    stream: string,
    rid: string,
    start: { sequence: number; timestamp: number; pictureId: number },
  ) {
    const ssrc = 1000 + Math.abs(hash(`${stream}${rid}`));
    this.source = new Source({ ssrc, codec: 'VP8', rid, stream, clock: new SenderClock() });
    this.#sequence = start.sequence;
    this.#timestamp = start.timestamp;
    this.#pictureId = start.pictureId;
  }

  /** The packets of the next frame. */
  frame(packets: number, keyFrame: boolean): SentPacket[] {
    this.#timestamp = (this.#timestamp + 3000) >>> 0;
    this.#pictureId += 1;
    this.#frame += 1;
    return Array.from({ length: packets }, (_, index) => {
      this.#sequence += 1;
      const begins = index === 0;
      const payload = vp8Payload({
        keyFrame,
        begins,
        pictureId: this.#pictureId,
        tl0: this.#pictureId & 255,
      });
      const { ssrc } = this.source;
      const place = { sequence: this.#sequence & 0xffff, timestamp: this.#timestamp, ssrc };
      const bytes = rtpPacket({ ...place, marker: index === packets - 1, payload });
      return { bytes, sequence: this.#sequence, frame: this.#frame, keyFrame: keyFrame && begins };
    });
  }
}

/** What a source makes of these bytes. */
export function receive(source: Source, bytes: Buffer, now: number) {
  const header = newRtpHeader();
  const extensions = newHeaderExtensions();
  if (!readRtpHeader(bytes, header)) throw new Error('This is no RTP packet.');
  readHeaderExtensions(bytes, header, {}, extensions);
  return source.receive(bytes, header, extensions, now);
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) | 0, 7) % 100_000;
}
