import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Slot } from '../forwarding/slot.ts';
import type { Source } from '../forwarding/source.ts';

interface Receiver {
  forward(slot: Slot, source: Source, packet: MediaPacket, now: number): void;
}

/**
 * Packets that are for one viewer, until those of the same moment are together. Column by column, and places are used
 * again: for every packet of every viewer there would be an object otherwise.
 */
export class HeldPackets {
  readonly #slots: Slot[] = [];
  readonly #sources: (Source | undefined)[] = [];
  readonly #packets: (MediaPacket | undefined)[] = [];
  #count = 0;

  /** True for the first. */
  add(slot: Slot, source: Source, packet: MediaPacket): boolean {
    const index = this.#count;
    this.#slots[index] = slot;
    this.#sources[index] = source;
    this.#packets[index] = packet;
    this.#count = index + 1;
    return index === 0;
  }

  /** Hands over all of them, in order, and forgets them: a publisher that has left is not to be kept by its last packets. */
  leave(to: Receiver, now: number): void {
    const count = this.#count;
    this.#count = 0;
    for (let index = 0; index < count; index += 1) {
      const slot = this.#slots[index];
      const source = this.#sources[index];
      const packet = this.#packets[index];
      this.#sources[index] = undefined;
      this.#packets[index] = undefined;
      if (slot !== undefined && source !== undefined && packet !== undefined)
        to.forward(slot, source, packet, now);
    }
  }
}
