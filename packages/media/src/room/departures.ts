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
  source: Source;
  packet: MediaPacket;
  /** Of the packet, by which it is noticed that its record was used again. */
  sequence: number;
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
  /** Records that are used again; those up to `#count` are in use. */
  readonly #waiting: Waiting[] = [];
  readonly #destinations: Destination[] = [];
  #count = 0;

  constructor(routesOf: (stream: string) => readonly Route[] | undefined) {
    this.#routesOf = routesOf;
  }

  add(source: Source, packet: MediaPacket): void {
    if (this.#count === most) this.#leave();
    if (this.#count === 0) setImmediate(this.#leave);
    const { sequence } = packet;
    const record = this.#waiting[this.#count];
    if (record === undefined) this.#waiting.push({ source, packet, sequence });
    else {
      record.source = source;
      record.packet = packet;
      record.sequence = sequence;
    }
    this.#count += 1;
  }

  readonly #leave = (): void => {
    const count = this.#count;
    this.#count = 0;
    const now = Date.now();
    const [first] = this.#waiting;
    if (count === 1 && first !== undefined) this.#sendAlone(first, now);
    else if (count > 1) this.#sendTogether(count, now);
  };

  #sendAlone({ source, packet }: Waiting, now: number): void {
    for (const { transport, slot } of this.#routesOf(source.stream) ?? [])
      transport.forward(slot, source, packet, now);
    packet.outgoing = undefined;
  }

  #sendTogether(count: number, now: number): void {
    let destinations = 0;
    for (let index = 0; index < count; index += 1) {
      const { source, packet, sequence } = this.#waiting[index] as Waiting;
      if (packet.sequence !== sequence) continue;
      for (const { transport, slot } of this.#routesOf(source.stream) ?? [])
        if (transport.hold(slot, source, packet)) this.#destinations[destinations++] = transport;
    }
    for (let index = 0; index < destinations; index += 1) this.#destinations[index]?.depart(now);
    // Kept in the caches, these views would outlive the moment that they are of use.
    for (let index = 0; index < count; index += 1)
      (this.#waiting[index] as Waiting).packet.outgoing = undefined;
  }
}
