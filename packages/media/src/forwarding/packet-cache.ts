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

  /** The record for a new packet, which takes the place of the oldest. */
  claim(sequence: number): MediaPacket {
    const record = this.#at(sequence);
    record.sequence = sequence;
    return record;
  }

  get(sequence: number): MediaPacket | undefined {
    const record = this.#at(sequence);
    return record.sequence === sequence ? record : undefined;
  }

  /** True when the place of this packet already belongs to a newer one. */
  isPast(sequence: number): boolean {
    return this.#at(sequence).sequence > sequence;
  }

  #at(sequence: number): MediaPacket {
    // The mask keeps the index inside of the ring, also for negative numbers.
    return this.#records[sequence & this.#mask] as MediaPacket;
  }
}
