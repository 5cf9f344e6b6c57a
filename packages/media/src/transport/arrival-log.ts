import type { TransportFeedback } from '../rtcp/messages.ts';
import { fittingArrivals } from '../rtcp/transport-feedback.ts';
import { unwrap16 } from '../rtp/sequence.ts';

/** A number that is farther away than this belongs to nobody's stream. */
const maxSpan = 4000;

/** When the packets of a publisher arrived, for the estimator of its browser (transport-cc). */
export class ArrivalLog {
  #arrivals = new Map<number, number>();
  #highest: number | undefined;
  #next: number | undefined;
  #count = 0;

  add(number: number, now: number): void {
    const sequence = this.#highest === undefined ? number : unwrap16(this.#highest, number);
    if (this.#highest !== undefined && Math.abs(sequence - this.#highest) > maxSpan) this.#arrivals.clear();
    this.#highest = Math.max(this.#highest ?? sequence, sequence);
    this.#arrivals.set(sequence, now);
  }

  /** What came since the last call, and what did not. */
  flush(sender: number, ssrc: number): TransportFeedback | undefined {
    if (this.#arrivals.size === 0 || this.#highest === undefined) return undefined;
    const oldest = Math.min(...this.#arrivals.keys());
    // What came late is reported once more from there on.
    const first = Math.max(Math.min(this.#next ?? oldest, oldest), this.#highest - maxSpan);
    const all = Array.from(
      { length: this.#highest - first + 1 },
      (_, index) => this.#arrivals.get(first + index) ?? -1,
    );
    const arrivals = all.slice(0, fittingArrivals(all));
    const next = first + arrivals.length;
    for (const sequence of this.#arrivals.keys()) if (sequence < next) this.#arrivals.delete(sequence);
    this.#next = next;
    const count = this.#count;
    this.#count = (this.#count + 1) & 0xff;
    return { type: 'transportFeedback', sender, ssrc, count, firstSequence: first & 0xffff, arrivals };
  }
}
