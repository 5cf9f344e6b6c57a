import { byteAt } from '../rtp/bytes.ts';

/** Reads numbers of some bits, the highest bit first. Beyond the end are zeros, so that no reader can throw. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;

  /** Begins at this byte. */
  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = bytes;
    this.#at = start * 8;
  }

  get isPastEnd(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  /** At most 32 of them. */
  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) value = value * 2 + this.#bit();
    return value;
  }

  flag(): boolean {
    return this.#bit() === 1;
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** Exponential Golomb code without a sign: `ue(v)` of H.264, `uvlc()` of AV1. */
  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && !this.isPastEnd && !this.flag()) zeros += 1;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exponential Golomb code with a sign: `se(v)` of H.264. */
  signedGolomb(): number {
    const code = this.golomb();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }

  #bit(): number {
    const at = this.#at;
    this.#at += 1;
    return (byteAt(this.#bytes, at >> 3) >> (7 - (at & 7))) & 1;
  }
}
