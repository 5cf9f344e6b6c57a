import type { Codec, VideoCodec } from '../codecs/codecs.ts';
import { unwrap32 } from '../rtp/sequence.ts';
import { type Depacketizer, depacketizerOf } from './depacketizers/depacketizer.ts';
import { readRed } from './red.ts';
import type { Numbered } from './reorder-buffer.ts';

/** A packet as a recording keeps it, with a payload of its own. */
export interface RecordedPacket extends Numbered {
  /** The 32 bits of the publisher. */
  readonly timestamp: number;
  readonly marker: boolean;
  readonly startsKeyFrame: boolean;
  readonly payload: Uint8Array;
}

/** A picture, or some milliseconds of sound, as its encoder made it. */
export interface Frame {
  /** The 32 bits of the publisher. */
  readonly timestamp: number;
  /** Milliseconds of our clock, of its first packet. */
  readonly receivedAt: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

/** Makes frames of packets that come in order. */
export interface FrameAssembler {
  /** `lost` packets before this one have not come. */
  push(packet: RecordedPacket, lost: number): void;
}

/** `onBroken`: frames are of no use until the next key frame. */
export function frameAssembler(
  codec: Codec,
  onFrame: (frame: Frame) => void,
  onBroken: () => void,
): FrameAssembler {
  return codec === 'opus' || codec === 'red'
    ? new SoundAssembler(codec, onFrame)
    : new PictureAssembler(codec, onFrame, onBroken);
}

/** Packets of sound are frames; a redundant one brings back those before it that were lost. */
class SoundAssembler implements FrameAssembler {
  readonly #codec: 'opus' | 'red';
  readonly #onFrame: (frame: Frame) => void;
  #newest: number | undefined;

  constructor(codec: 'opus' | 'red', onFrame: (frame: Frame) => void) {
    this.#codec = codec;
    this.#onFrame = onFrame;
  }

  push({ timestamp, receivedAt, payload }: RecordedPacket): void {
    const blocks = this.#codec === 'red' ? readRed(payload) : [{ earlier: 0, payload }];
    for (const block of blocks) {
      if (block.payload.length === 0) continue;
      const extended = unwrap32(this.#newest ?? timestamp, timestamp - block.earlier);
      if (this.#newest !== undefined && extended <= this.#newest) continue;
      this.#newest = extended;
      this.#onFrame({ timestamp: extended >>> 0, receivedAt, isKey: true, data: block.payload });
    }
  }
}

/** Pictures are of several packets. After a loss there is none until the next key frame: what shows is right. */
class PictureAssembler implements FrameAssembler {
  readonly #depacketizer: Depacketizer;
  readonly #onFrame: (frame: Frame) => void;
  readonly #onBroken: () => void;
  #packets: RecordedPacket[] = [];
  #isBroken = true;

  constructor(codec: VideoCodec, onFrame: (frame: Frame) => void, onBroken: () => void) {
    this.#depacketizer = depacketizerOf(codec);
    this.#onFrame = onFrame;
    this.#onBroken = onBroken;
  }

  push(packet: RecordedPacket, lost: number): void {
    const [first] = this.#packets;
    if (lost > 0) this.#break();
    else if (first !== undefined && first.timestamp !== packet.timestamp) this.#finish();
    if (packet.startsKeyFrame && this.#packets.length === 0) this.#isBroken = false;
    if (this.#isBroken) return;
    if (this.#packets.length === 0 && !this.#depacketizer.startsFrame(packet.payload)) {
      this.#break();
      return;
    }
    this.#packets.push(packet);
    if (packet.marker) this.#finish();
  }

  #finish(): void {
    const [first] = this.#packets;
    const data = this.#depacketizer.join(this.#packets.map(({ payload }) => payload));
    const isKey = this.#packets.some(({ startsKeyFrame }) => startsKeyFrame);
    this.#packets = [];
    if (first === undefined || data === undefined) return;
    this.#onFrame({ timestamp: first.timestamp, receivedAt: first.receivedAt, isKey, data });
  }

  #break(): void {
    this.#packets = [];
    if (!this.#isBroken) this.#onBroken();
    this.#isBroken = true;
  }
}
