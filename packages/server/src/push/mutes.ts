import { unpackValue } from '@stoa/protocol';
import type { UserValueStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';

/** Of which conversations a user wants no notifications. They are named `u:<address>` and `g:<gid>`. */
export class Mutes {
  readonly #values: UserValueStore;
  readonly #clock: Clock;

  constructor(values: UserValueStore, clock: Clock) {
    this.#values = values;
    this.#clock = clock;
  }

  async has(uid: number, conversation: string): Promise<boolean> {
    return this.#holds(await this.#values.get(uid, `${prefix}${conversation}`));
  }

  /** Those that are muted now. Of more than a thousand that are or ever were, not all: a note must not wait for them. */
  async list(uid: number): Promise<string[]> {
    const values = await this.#values.list({ uid, prefix, limit: readAtMost });
    return values.filter(({ value }) => this.#holds(value)).map(({ key }) => key.slice(prefix.length));
  }

  #holds(value: Uint8Array | null | undefined): boolean {
    if (value === null || value === undefined) return false;
    const muted = unpackValue(value);
    const until: unknown = typeof muted === 'object' && muted !== null && 'until' in muted ? muted.until : 0;
    return until === 0 || typeof until !== 'number' || until > this.#clock.now();
  }
}

const prefix = 'muted:';
const readAtMost = 1_000;
