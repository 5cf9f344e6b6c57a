import type { TransportFeedback } from '../rtcp/messages.ts';
import { unwrap16, unwrapBits } from '../rtp/sequence.ts';

/**
 * Packets that a viewer's feedback tells of, column by column: feedback is about every packet that was sent. Valid until
 * the next message; what is beyond `count` is of older ones.
 */
export interface Acknowledged {
  readonly count: number;
  readonly sentAt: Float64Array;
  readonly bytes: Uint16Array;
  /** Of the viewer's clock; -1 for what did not come. */
  readonly arrivedAt: Float64Array;
}

const size = 4096;

function newAcknowledged(packets: number) {
  return {
    sentAt: new Float64Array(packets),
    bytes: new Uint16Array(packets),
    arrivedAt: new Float64Array(packets),
  };
}

/** What a packet takes of its row. No path carries larger ones; they would count as this. */
const sizeBits = 11;
const mostBytes = 2 ** sizeBits - 1;

/**
 * When the packets of a viewer's transport were sent, until feedback comes. Time and size of a packet are one number, in
 * a plain array: the logs of many viewers do not fit into the caches, and of a typed array, its buffer would have to be
 * fetched from memory as well.
 */
export class SendLog {
  /** The number that the next packet gets. */
  next = 0;
  /** By packet: the lower 21 bits of the milliseconds, half an hour, and its bytes. 0 for what was told. */
  readonly #rows: number[] = Array.from({ length: size }, () => 0);
  #acknowledged = newAcknowledged(64);

  /** Of the next packet, as it is sent: 16 bits. */
  get number(): number {
    return this.next & 0xffff;
  }

  /** `now` in whole milliseconds. */
  add(bytes: number, now: number): void {
    this.#rows[this.next & (size - 1)] = (now << sizeBits) | (bytes < mostBytes ? bytes : mostBytes);
    this.next += 1;
  }

  /** What is new in a message of feedback that comes now. */
  acknowledge({ firstSequence, arrivals }: TransportFeedback, now: number): Acknowledged {
    const first = unwrap16(this.next, firstSequence);
    if (this.#acknowledged.bytes.length < arrivals.length)
      this.#acknowledged = newAcknowledged(2 * arrivals.length);
    const { sentAt, bytes, arrivedAt } = this.#acknowledged;
    let count = 0;
    for (let index = 0; index < arrivals.length; index += 1) {
      const sequence = first + index;
      if (sequence < 0 || sequence >= this.next || this.next - sequence > size) continue;
      const row = this.#rows[sequence & (size - 1)] ?? 0;
      if (row === 0) continue;
      const arrival = arrivals[index] ?? -1;
      sentAt[count] = unwrapBits(now, row >>> sizeBits, 32 - sizeBits);
      bytes[count] = row & mostBytes;
      arrivedAt[count] = arrival;
      count += 1;
      if (arrival >= 0) this.#rows[sequence & (size - 1)] = 0;
    }
    return { count, sentAt, bytes, arrivedAt };
  }
}
