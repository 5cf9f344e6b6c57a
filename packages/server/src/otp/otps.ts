import { createHash, randomInt } from 'node:crypto';
import { StoaError } from '@stoa/protocol';
import type { OtpStore } from '@stoa/storage';

const digits = 6;

/** How a code may be used. */
export interface OtpRules {
  /** Wrong codes that may be tried. */
  readonly tries: number;
  /** Seconds for which it is valid. */
  readonly seconds: number;
  /** Times that the right code may be used. */
  readonly uses: number;
}

export const defaultOtpRules: OtpRules = { tries: 5, seconds: 300, uses: 1 };

/** One-time codes with which an address can prove that it belongs to a person: one per address at a time. */
export class Otps {
  readonly #otps: OtpStore;
  readonly #now: () => number;

  constructor(options: { readonly store: { readonly otps: OtpStore }; readonly now: () => number }) {
    this.#otps = options.store.otps;
    this.#now = options.now;
  }

  /** Makes a code of six digits, replacing an older one. The application delivers it. */
  async create(
    aid: number,
    address: string,
    rules: Partial<OtpRules> = {},
  ): Promise<{ code: string; expiresAt: number }> {
    const { tries, seconds, uses } = { ...defaultOtpRules, ...rules };
    const code = String(randomInt(10 ** digits)).padStart(digits, '0');
    const expiresAt = this.#now() + seconds * 1000;
    await this.#otps.set({ aid, address, hash: hashCode(aid, address, code), tries, reuse: uses, expiresAt });
    return { code, expiresAt };
  }

  /**
   * Uses the code up.
   *
   * @throws StoaError WRONG_OTP; a wrong code costs one of its tries
   */
  async consume(aid: number, address: string, code: string): Promise<void> {
    const hash = hashCode(aid, address, code);
    const result = await this.#otps.consume({ aid, address, hash, now: this.#now() });
    if (result === 'wrong') throw new StoaError('WRONG_OTP', `The one-time code for "${address}" is wrong.`);
    if (result === 'none') {
      throw new StoaError(
        'WRONG_OTP',
        `There is no one-time code for "${address}": it expired, was used up or was never made.`,
      );
    }
  }
}

/** The address is part of the hash, so that equal codes do not look equal in the database. */
function hashCode(aid: number, address: string, code: string): Uint8Array {
  return createHash('sha256')
    .update(JSON.stringify([aid, address, code]))
    .digest();
}
