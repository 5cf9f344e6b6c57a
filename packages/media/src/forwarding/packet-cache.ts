import { type MediaPacket, newMediaPacket } from './media-packet.ts';

/** The newest packets of a source, for those who ask for one again. Records are used again, ring-wise. */
export class PacketCache {
  readonly #records: MediaPacket[];
  readonly #mask: number;

  /** `size` is a power of two. */
  constructor(size: number) {
    this.#records = Array.from({ length: size }, newMediaPacket);
    this.#mask = size - 1;
  }

  /** The record for a new packet, which takes the place of an older one. `undefined` when it is there already, or too old. */
  claim(sequence: number): MediaPacket | undefined {
    const record = this.#at(sequence);
    if (record.sequence >= sequence) return undefined;
    record.sequence = sequence;
    return record;
  }

  get(sequence: number): MediaPacket | undefined {
    const record = this.#at(sequence);
    return record.sequence === sequence ? record : undefined;
  }

  #at(sequence: number): MediaPacket {
    // The mask keeps the index inside of the ring, also for negative numbers.
    return this.#records[sequence & this.#mask] as MediaPacket;
  }
}
