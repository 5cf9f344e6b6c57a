import type { StreamKind } from '@stoa/media';
import { rtpPacket, vp8Payload } from '../../../packages/media/src/testing/packets.ts';

const payloadBytes = { video: 1070, audio: 100 };
/** The time of sending is in the last bytes of the payload, which no forwarder touches. */
const timeBytes = 8;

/** A packet of a load stream, in whose buffer the numbers are changed from one to the next. */
export class LoadPacket {
  readonly bytes: Buffer;
  readonly #extensionsAt = 16;
  #sequence = 0;

  constructor(kind: StreamKind, ssrc: number, level: number) {
    const isVideo = kind === 'camera' || kind === 'screen';
    const extensions = [
      { id: 5, data: Buffer.alloc(2) },
      { id: 7, data: Buffer.alloc(3) },
      { id: 6, data: Buffer.from([level]) },
    ];
    const filler = Buffer.alloc(isVideo ? payloadBytes.video : payloadBytes.audio);
    const payload = isVideo ? vp8Payload({ keyFrame: true, pictureId: 1, filler }) : filler;
    this.bytes = rtpPacket({ payloadType: isVideo ? 96 : 111, ssrc, marker: isVideo, extensions, payload });
  }

  /** The next packet: every one a key frame, so that whoever begins to view sees something at once. */
  next(ticks: number): Buffer {
    const { bytes } = this;
    this.#sequence += 1;
    bytes.writeUInt16BE(this.#sequence & 0xffff, 2);
    bytes.writeUInt32BE((this.#sequence * ticks) >>> 0, 4);
    bytes.writeUInt16BE(this.#sequence & 0xffff, this.#extensionsAt + 1);
    bytes.writeDoubleBE(monotonicMs(), bytes.length - timeBytes);
    return bytes;
  }
}

/** Milliseconds that a packet has been under way. */
export function ageOf(packet: Buffer): number {
  return monotonicMs() - packet.readDoubleBE(packet.length - timeBytes);
}

/** The same clock in all processes of the machine. */
function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
