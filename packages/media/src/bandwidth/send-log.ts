import type { TransportFeedback } from '../rtcp/messages.ts';
import { unwrap16, unwrap32 } from '../rtp/sequence.ts';

/** Packets that a viewer's feedback tells of, column by column: feedback is about every packet that was sent. */
export interface Acknowledged {
  readonly count: number;
  readonly sentAt: Float64Array;
  readonly bytes: Uint16Array;
  /** Of the viewer's clock; -1 for what did not come. */
  readonly arrivedAt: Float64Array;
}

const size = 4096;

/**
 * When the packets of a viewer's transport were sent, until feedback comes. Time and size of a packet lie side by side:
 * the logs of many viewers do not fit into the caches, so that each place that is touched costs a look into memory.
 */
export class SendLog {
  /** The number that the next packet gets. */
  next = 0;
  /** By packet: the lower 32 bits of the milliseconds, and the bytes. */
  readonly #rows = new Int32Array(2 * size);

  /** `now` in whole milliseconds. */
  add(bytes: number, now: number): void {
    const row = 2 * (this.next & (size - 1));
    this.#rows[row] = now;
    this.#rows[row + 1] = bytes;
    this.next += 1;
  }

  /** What is new in a message of feedback that comes now. */
  acknowledge({ firstSequence, arrivals }: TransportFeedback, now: number): Acknowledged {
    const first = unwrap16(this.next, firstSequence);
    const sentAt = new Float64Array(arrivals.length);
    const bytes = new Uint16Array(arrivals.length);
    const arrivedAt = new Float64Array(arrivals.length);
    let count = 0;
    for (let index = 0; index < arrivals.length; index += 1) {
      const sequence = first + index;
      if (sequence < 0 || sequence >= this.next || this.next - sequence > size) continue;
      const row = 2 * (sequence & (size - 1));
      const sent = this.#rows[row + 1] ?? 0;
      // Told once already.
      if (sent === 0) continue;
      const arrival = arrivals[index] ?? -1;
      sentAt[count] = unwrap32(now, this.#rows[row] ?? 0);
      bytes[count] = sent;
      arrivedAt[count] = arrival;
      count += 1;
      if (arrival >= 0) this.#rows[row + 1] = 0;
    }
    return { count, sentAt, bytes, arrivedAt };
  }
}
