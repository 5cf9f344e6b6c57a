import type { TransportFeedback } from '../rtcp/messages.ts';
import { unwrap16 } from '../rtp/sequence.ts';

/** Packets that a viewer's feedback tells of, column by column: feedback is about every packet that was sent. */
export interface Acknowledged {
  readonly count: number;
  readonly sentAt: Float64Array;
  readonly bytes: Uint16Array;
  /** Of the viewer's clock; -1 for what did not come. */
  readonly arrivedAt: Float64Array;
}

const size = 4096;

/** When the packets of a viewer's transport were sent, until feedback comes. */
export class SendLog {
  /** The number that the next packet gets. */
  next = 0;
  readonly #sentAt = new Float64Array(size);
  readonly #bytes = new Uint16Array(size);

  add(bytes: number, now: number): void {
    const index = this.next & (size - 1);
    this.#sentAt[index] = now;
    this.#bytes[index] = bytes;
    this.next += 1;
  }

  /** What is new in a message of feedback. */
  acknowledge({ firstSequence, arrivals }: TransportFeedback): Acknowledged {
    const first = unwrap16(this.next, firstSequence);
    const sentAt = new Float64Array(arrivals.length);
    const bytes = new Uint16Array(arrivals.length);
    const arrivedAt = new Float64Array(arrivals.length);
    let count = 0;
    for (let index = 0; index < arrivals.length; index += 1) {
      const sequence = first + index;
      if (sequence < 0 || sequence >= this.next || this.next - sequence > size) continue;
      const at = sequence & (size - 1);
      // Told once already.
      if (this.#bytes[at] === 0) continue;
      const arrival = arrivals[index] ?? -1;
      sentAt[count] = this.#sentAt[at] ?? 0;
      bytes[count] = this.#bytes[at] ?? 0;
      arrivedAt[count] = arrival;
      count += 1;
      if (arrival >= 0) this.#bytes[at] = 0;
    }
    return { count, sentAt, bytes, arrivedAt };
  }
}
