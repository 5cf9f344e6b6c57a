import type { TransportFeedback } from '../rtcp/messages.ts';
import { unwrap16 } from '../rtp/sequence.ts';

/** A packet that a viewer's feedback tells of. */
export interface Acknowledged {
  readonly sentAt: number;
  readonly bytes: number;
  /** Of the viewer's clock; -1 when it did not come. */
  readonly arrivedAt: number;
}

const size = 4096;

/** When the packets of a viewer's transport were sent, until feedback comes. */
export class SendLog {
  /** The number that the next packet gets. */
  next = 0;
  readonly #sentAt = new Float64Array(size);
  readonly #bytes = new Uint16Array(size);

  add(bytes: number, now: number): void {
    const index = this.next % size;
    this.#sentAt[index] = now;
    this.#bytes[index] = bytes;
    this.next += 1;
  }

  acknowledge(feedback: TransportFeedback): Acknowledged[] {
    const first = unwrap16(this.next, feedback.firstSequence);
    const found: Acknowledged[] = [];
    for (let index = 0; index < feedback.arrivals.length; index += 1) {
      const arrivedAt = feedback.arrivals[index] ?? -1;
      const sequence = first + index;
      if (sequence < 0 || sequence >= this.next || this.next - sequence > size) continue;
      const at = sequence % size;
      const bytes = this.#bytes[at] ?? 0;
      // Told once already.
      if (bytes === 0) continue;
      found.push({ sentAt: this.#sentAt[at] ?? 0, bytes, arrivedAt });
      if (arrivedAt >= 0) this.#bytes[at] = 0;
    }
    return found;
  }
}
