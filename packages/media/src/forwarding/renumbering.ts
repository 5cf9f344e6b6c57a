import type { ExtensionIds } from '../rtp/header-extensions.ts';
import { ourExtensionIds } from './outgoing-header.ts';

const names = Object.keys(ourExtensionIds) as (keyof typeof ourExtensionIds)[];
const extensionsAt = 16;

/**
 * Gives the header extensions of outgoing packets the ids of a player that has chosen them itself, and takes out those
 * that it does not know. Works on a copy, since the packet is the same for all other viewers.
 */
export class Renumbering {
  /** By our id; 0 for none. */
  readonly #ids: readonly number[];
  #copy = Buffer.allocUnsafeSlow(2048);

  /** @param ids from 1 to 14 */
  constructor(ids: ExtensionIds) {
    const byOurs = Array.from({ length: names.length + 1 }, () => 0);
    for (const name of names) byOurs[ourExtensionIds[name]] = ids[name] ?? 0;
    this.#ids = byOurs;
  }

  /** The packet, as `writeOutgoing` has made it, under the player's ids. Valid until the next is made. */
  apply(packet: Buffer): Buffer {
    if (this.#copy.length < packet.length) this.#copy = Buffer.allocUnsafeSlow(packet.length);
    packet.copy(this.#copy);
    const copy = this.#copy.subarray(0, packet.length);
    const twoBytes = copy.readUInt16BE(12) === 0x1000;
    const end = extensionsAt + copy.readUInt16BE(14) * 4;
    for (let at = extensionsAt; at < end; ) {
      const first = copy.readUInt8(at);
      if (first === 0) {
        at += 1;
        continue;
      }
      const length = twoBytes ? 2 + copy.readUInt8(at + 1) : 2 + (first & 0x0f);
      const id = this.#ids[twoBytes ? first : first >> 4] ?? 0;
      if (id === 0) copy.fill(0, at, at + length);
      else copy.writeUInt8(twoBytes ? id : (id << 4) | (first & 0x0f), at);
      at += length;
    }
    return copy;
  }
}
