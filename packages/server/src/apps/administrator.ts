import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { StoaError } from '@stoa/protocol';
import type { SettingStore } from '@stoa/storage';
import { hashPassword, isPassword } from './password-hash.ts';

const settingName = 'administrator-password';

/** Password checks that may wait for the one under way. */
const maxWaiting = 8;

/** The one administrator of the installation, who manages apps. */
export class Administrator {
  readonly #settings: SettingStore;
  /** Fingerprint of the password that was right last, under a key of this process: a right one costs scrypt only once. */
  #known: Buffer | undefined;
  readonly #fingerprintKey = randomBytes(32);
  #checks: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(settings: SettingStore) {
    this.#settings = settings;
  }

  /** Sets the password unless there is one. True when it was set now. */
  async setFirstPassword(password: string): Promise<boolean> {
    if ((await this.#settings.get(settingName)) !== undefined) return false;
    const hash = await hashPassword(password);
    return (await this.#settings.setOnce(settingName, hash)) === hash;
  }

  /**
   * Checks one password at a time, because each check is made to cost time and memory.
   *
   * @throws StoaError RATE_LIMITED when too many wait already.
   */
  async isPassword(password: string): Promise<boolean> {
    const fingerprint = createHmac('sha256', this.#fingerprintKey).update(password).digest();
    if (this.#isKnown(fingerprint)) return true;
    if (this.#waiting >= maxWaiting) {
      throw new StoaError('RATE_LIMITED', 'Too many administrator passwords are being checked.', {
        retryAfterMs: 1_000,
      });
    }
    this.#waiting++;
    const check = this.#checks.then(() => this.#check(password, fingerprint));
    this.#checks = check.catch(() => {});
    try {
      return await check;
    } finally {
      this.#waiting--;
    }
  }

  async #check(password: string, fingerprint: Buffer): Promise<boolean> {
    // Somebody before in the queue may have been right with the same password.
    if (this.#isKnown(fingerprint)) return true;
    const hash = await this.#settings.get(settingName);
    const right = hash !== undefined && (await isPassword(password, hash));
    if (right) this.#known = fingerprint;
    return right;
  }

  #isKnown(fingerprint: Buffer): boolean {
    return this.#known !== undefined && timingSafeEqual(this.#known, fingerprint);
  }
}
