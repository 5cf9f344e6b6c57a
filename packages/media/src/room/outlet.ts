import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Source } from '../forwarding/source.ts';

/** Where packets of a room go, besides its viewers' slots. */
export interface Outlet {
  forward(source: Source, packet: MediaPacket, now: number): void;
  /** Whether it takes a layer, which then is not to be turned off at its publisher. */
  takes(source: Source): boolean;
}

export function isTaken(outlets: ReadonlySet<Outlet>, source: Source): boolean {
  for (const outlet of outlets) if (outlet.takes(source)) return true;
  return false;
}
