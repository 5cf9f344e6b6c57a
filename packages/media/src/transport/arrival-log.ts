import type { TransportFeedback } from '../rtcp/messages.ts';
import { fittingArrivals } from '../rtcp/transport-feedback.ts';
import { unwrap16 } from '../rtp/sequence.ts';

/** A power of two. A number that is farther away than this belongs to nobody's stream. */
const size = 4096;

/** When the packets of a publisher arrived, for the estimator of its browser (transport-cc). */
export class ArrivalLog {
  /** Of the newest numbers, ring-wise; -1 for those that have not come. */
  readonly #arrivals = new Float64Array(size).fill(-1);
  #highest: number | undefined;
  /** From here on nothing has been told, or what was has changed. */
  #from = 0;
  #isNew = false;
  #count = 0;

  add(number: number, now: number): void {
    const sequence = this.#highest === undefined ? number : unwrap16(this.#highest, number);
    if (this.#highest === undefined || Math.abs(sequence - this.#highest) >= size) this.#begin(sequence);
    else this.#advance(this.#highest, sequence);
    this.#arrivals[sequence & (size - 1)] = now;
    this.#isNew = true;
  }

  /** What came since the last call, and what did not. What came late is told with all that follows it. */
  flush(sender: number, ssrc: number): TransportFeedback | undefined {
    if (!this.#isNew || this.#highest === undefined) return undefined;
    const first = Math.max(this.#from, this.#highest - size + 1);
    const all: number[] = [];
    for (let sequence = first; sequence <= this.#highest; sequence += 1)
      all.push(this.#arrivals[sequence & (size - 1)] ?? -1);
    const fitting = fittingArrivals(all);
    const arrivals = fitting === all.length ? all : all.slice(0, fitting);
    this.#from = first + fitting;
    this.#isNew = this.#from <= this.#highest;
    const count = this.#count;
    this.#count = (this.#count + 1) & 0xff;
    return { type: 'transportFeedback', sender, ssrc, count, firstSequence: first & 0xffff, arrivals };
  }

  #begin(sequence: number): void {
    this.#arrivals.fill(-1);
    this.#highest = sequence;
    this.#from = sequence;
  }

  #advance(highest: number, sequence: number): void {
    for (let next = highest + 1; next < sequence; next += 1) this.#arrivals[next & (size - 1)] = -1;
    if (sequence > highest) this.#highest = sequence;
    else this.#from = Math.min(this.#from, sequence);
  }
}
