import { type ClientFrame, type Codec, joinWithinLimits, type WireData } from '@stoa/protocol';

/** Collects the frames of one turn of the event loop into as few WebSocket messages as possible. */
export class FrameWriter {
  readonly #codec: Codec;
  readonly #write: (data: WireData) => void;
  #parts: WireData[] = [];

  constructor(codec: Codec, write: (data: WireData) => void) {
    this.#codec = codec;
    this.#write = write;
  }

  add(frame: ClientFrame): void {
    if (this.#parts.push(this.#codec.encode(frame)) === 1) queueMicrotask(() => this.flush());
  }

  /** Writes at once what has gathered. */
  flush(): void {
    const parts = this.#parts;
    this.#parts = [];
    for (const data of joinWithinLimits(this.#codec, parts)) this.#write(data);
  }
}
