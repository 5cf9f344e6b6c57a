/**
 * Frames in a stream of bytes between two processes: the length of what follows (4 bytes), its kind (1 byte), content.
 * A message is JSON; a packet has the number of its source (2 bytes) before it.
 */
const messageKind = 0;
const packetKind = 1;
const headBytes = 5;
/** Nothing larger is ever written: the list of a very large room's streams. */
const maxFrameBytes = 16 * 1024 * 1024;

export function messageFrame(message: object): Buffer {
  const content = Buffer.from(JSON.stringify(message));
  const frame = Buffer.allocUnsafe(headBytes + content.length);
  frame.writeUInt32BE(1 + content.length, 0);
  frame[4] = messageKind;
  content.copy(frame, headBytes);
  return frame;
}

/** Copies the packet. */
export function packetFrame(source: number, packet: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + 2 + packet.length);
  frame.writeUInt32BE(3 + packet.length, 0);
  frame[4] = packetKind;
  frame.writeUInt16BE(source, headBytes);
  packet.copy(frame, headBytes + 2);
  return frame;
}

export interface FrameEvents {
  onMessage(message: unknown): void;
  /** The packet is only valid until this returns. */
  onPacket(source: number, packet: Buffer): void;
}

/** Takes a stream of bytes apart, in whatever pieces it comes. Throws when it is none of frames. */
export class FrameReader {
  readonly #events: FrameEvents;
  #rest: Buffer = Buffer.alloc(0);

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  push(piece: Buffer): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const length = bytes.readUInt32BE(at);
      if (length < 1 || length > maxFrameBytes) throw new RangeError(`A frame has ${length} bytes.`);
      const end = at + 4 + length;
      if (end > bytes.length) break;
      this.#take(bytes[at + 4], bytes.subarray(at + headBytes, end));
      at = end;
    }
    this.#rest = at === bytes.length ? Buffer.alloc(0) : bytes.subarray(at);
  }

  #take(kind: number | undefined, content: Buffer): void {
    if (kind === messageKind) this.#events.onMessage(JSON.parse(content.toString()));
    else if (kind === packetKind && content.length >= 2)
      this.#events.onPacket(content.readUInt16BE(0), content.subarray(2));
    else throw new RangeError(`There are no frames of the kind ${kind}.`);
  }
}
