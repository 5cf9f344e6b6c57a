import { type Codec, joinWithinLimits, msgpackCodec, type WireData } from '@stoa/protocol';

/**
 * What goes out, as finished WebSocket messages (RFC 6455, section 5.2: unmasked, never fragmented). What many connections
 * are due in one turn, as the members of a group are, is encoded, joined and framed once, and they all send the same bytes:
 * one write without a copy for each.
 */
export class OutgoingFrames {
  #part: WireData | undefined;
  #frame: Buffer | undefined;
  #parts: readonly WireData[] = [];
  #frames: readonly Buffer[] = [];
  #encoded: Uint8Array | undefined;
  #text: WireData = '';

  /** A frame that was encoded as msgpack, in the form of this codec. */
  recoded(codec: Codec, bytes: Uint8Array): WireData {
    if (codec === msgpackCodec) return bytes;
    if (this.#encoded !== bytes) {
      this.#text = codec.encode(msgpackCodec.decode(bytes)[0]);
      this.#encoded = bytes;
    }
    return this.#text;
  }

  /** One part by itself: most turns bring a connection no more. */
  ofOne(part: WireData): Buffer {
    if (this.#frame === undefined || part !== this.#part) {
      this.#frame = framed(part);
      this.#part = part;
    }
    return this.#frame;
  }

  /** All parts, in order, in as few messages as their limits allow. They are not to be changed. */
  of(codec: Codec, parts: readonly WireData[]): readonly Buffer[] {
    if (!isSame(parts, this.#parts)) {
      this.#frames = joinWithinLimits(codec, parts).map(framed);
      this.#parts = parts;
    }
    return this.#frames;
  }

  /** Lets go of what was shared. */
  forget(): void {
    this.#part = undefined;
    this.#frame = undefined;
    this.#parts = [];
    this.#frames = [];
    this.#encoded = undefined;
    this.#text = '';
  }
}

/** One WebSocket message with its header: text or binary, as the data is. */
export function framed(data: WireData): Buffer {
  const size = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  const head = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + size);
  frame[0] = typeof data === 'string' ? finalText : finalBinary;
  if (head === 2) frame[1] = size;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(Math.floor(size / 2 ** 32), 2);
    frame.writeUInt32BE(size >>> 0, 6);
  }
  if (typeof data === 'string') frame.write(data, head);
  else frame.set(data, head);
  return frame;
}

/** The very same pieces: comparing their bytes would cost what is to be spared. */
function isSame(parts: readonly WireData[], others: readonly WireData[]): boolean {
  if (parts.length !== others.length) return false;
  for (let index = 0; index < parts.length; index += 1) if (parts[index] !== others[index]) return false;
  return true;
}

const finalText = 0x81;
const finalBinary = 0x82;
