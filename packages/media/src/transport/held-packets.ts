import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Slot } from '../forwarding/slot.ts';
import type { Source } from '../forwarding/source.ts';

/**
 * Packets that are for one viewer, until those of the same moment are together. Column by column, and places are used
 * again: for every packet of every viewer there would be an object otherwise.
 */
export class HeldPackets {
  readonly slots: Slot[] = [];
  readonly sources: Source[] = [];
  readonly packets: MediaPacket[] = [];
  #count = 0;

  /** True for the first. */
  add(slot: Slot, source: Source, packet: MediaPacket): boolean {
    const index = this.#count;
    this.slots[index] = slot;
    this.sources[index] = source;
    this.packets[index] = packet;
    this.#count = index + 1;
    return index === 0;
  }

  /** How many of each column are valid, until the next is added. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}
