/** Packets over which loss is counted: of fewer, one says too much. */
const windowPackets = 20;
/** How much the newest window counts. */
const smoothing = 0.3;
const tooMuch = 0.1;
/** Where next to nothing comes, the path was cut: that says nothing about what it takes when it is back. */
const interrupted = 0.9;
const little = 0.03;
/** Until less is sent, and what was lost before is known. */
const experimentMs = 1500;
const experimentWindows = 2;
/** Loss that is still as high, compared with that before less was sent, has another reason; seen twice, it is believed. */
const persists = 0.7;
const proofs = 2;
/** What was sent in the meantime proves nothing if it was more than this share of what it should have been. */
const obeyed = 1.2;

/** What the loss says about the rate: too much is sent, a little more might do, or neither. */
export type LossVerdict = 'too much' | 'hold' | 'little';

/**
 * Whether a path loses packets because too much is sent. Radio loses them whatever is sent: when less does not help, that
 * share is what the path loses by itself, and only what goes beyond it counts.
 */
export class LossTrend {
  #lost = 0;
  #counted = 0;
  /** Share of the packets, smoothed; undefined before the first window. */
  #rate: number | undefined;
  #inherent = 0;
  #proofs = 0;
  #experiment:
    | { readonly rate: number; readonly at: number; readonly bitrate: number; windows: number; bytes: number }
    | undefined;

  /** A packet that was sent, and whether it came. */
  add(isLost: boolean, bytes: number): void {
    if (this.#experiment !== undefined) this.#experiment.bytes += bytes;
    this.#counted += 1;
    if (isLost) this.#lost += 1;
    if (this.#counted < windowPackets) return;
    const measured = this.#lost / this.#counted;
    this.#counted = 0;
    this.#lost = 0;
    if (measured > interrupted) return;
    this.#rate = this.#rate === undefined ? measured : this.#rate + smoothing * (measured - this.#rate);
    if (this.#experiment !== undefined) this.#experiment.windows += 1;
    // A path that became better is noticed, one that is lucky for a moment is not believed.
    if (this.#rate < this.#inherent) this.#inherent += 0.1 * (this.#rate - this.#inherent);
  }

  judge(now: number): LossVerdict {
    this.#conclude(now);
    const beyond = (this.#rate ?? 0) - this.#inherent;
    if (this.#experiment !== undefined) return 'hold';
    return beyond > tooMuch ? 'too much' : beyond < little ? 'little' : 'hold';
  }

  /** No more than this is to be sent from now on, because of the loss: it will show whether that was the reason. */
  sendsLess(bitrate: number, now: number): void {
    this.#experiment = { rate: this.#rate ?? 0, at: now, bitrate, windows: 0, bytes: 0 };
    this.#rate = undefined;
    this.#lost = 0;
    this.#counted = 0;
  }

  #conclude(now: number): void {
    const experiment = this.#experiment;
    if (experiment === undefined) return;
    const { rate, at, bitrate, windows, bytes } = experiment;
    if (now - at < experimentMs || windows < experimentWindows) return;
    this.#experiment = undefined;
    // A layer goes on until the key frame of the smaller one: then nothing was learned.
    const wasSent = (bytes * 8000) / (now - at);
    const isProof = (this.#rate ?? 0) >= persists * rate && wasSent <= obeyed * bitrate;
    this.#proofs = isProof ? this.#proofs + 1 : 0;
    if (this.#proofs < proofs) return;
    this.#proofs = 0;
    this.#inherent = this.#rate ?? 0;
  }
}
