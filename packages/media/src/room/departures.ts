import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Slot } from '../forwarding/slot.ts';
import type { Source } from '../forwarding/source.ts';

/** To whom packets leave. */
export interface Destination {
  /** Sends at once. */
  forward(slot: Slot, source: Source, packet: MediaPacket, now: number): void;
  /** Keeps the packet until `depart`. True for the first one. */
  hold(slot: Slot, source: Source, packet: MediaPacket): boolean;
  /** Sends what it holds, in order. */
  depart(now: number): void;
}

/** A slot that shows a stream. */
export interface Route {
  readonly transport: Destination;
  readonly slot: Slot;
}

interface Waiting {
  readonly source: Source;
  readonly packet: MediaPacket;
  /** Of the packet, by which it is noticed that its record was used again. */
  readonly sequence: number;
}

/** Packets that leave together at most: the caches of sources hold some times more. */
const most = 32;

/**
 * Gathers what arrives in one turn of the event loop, and sends it viewer by viewer instead of packet by packet. The keys
 * and the connection of a viewer lie in memory of their own, which is to be fetched for what is sent to him: once for
 * a burst, not once for each of its packets. Nothing waits for it: the burst has arrived already.
 */
export class Departures {
  readonly #routesOf: (stream: string) => readonly Route[] | undefined;
  #waiting: Waiting[] = [];

  constructor(routesOf: (stream: string) => readonly Route[] | undefined) {
    this.#routesOf = routesOf;
  }

  add(source: Source, packet: MediaPacket): void {
    if (this.#waiting.length === most) this.#leave();
    if (this.#waiting.length === 0) setImmediate(this.#leave);
    this.#waiting.push({ source, packet, sequence: packet.sequence });
  }

  readonly #leave = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    const now = Date.now();
    const [first] = waiting;
    if (first !== undefined && waiting.length === 1) this.#sendAlone(first, now);
    else this.#sendTogether(waiting, now);
    // Kept in the caches, these views would outlive the moment that they are of use.
    for (const { packet } of waiting) packet.outgoing = undefined;
  };

  #sendAlone({ source, packet }: Waiting, now: number): void {
    for (const { transport, slot } of this.#routesOf(source.stream) ?? [])
      transport.forward(slot, source, packet, now);
  }

  #sendTogether(waiting: readonly Waiting[], now: number): void {
    const destinations: Destination[] = [];
    for (const { source, packet, sequence } of waiting) {
      if (packet.sequence !== sequence) continue;
      for (const { transport, slot } of this.#routesOf(source.stream) ?? [])
        if (transport.hold(slot, source, packet)) destinations.push(transport);
    }
    for (const transport of destinations) transport.depart(now);
  }
}
