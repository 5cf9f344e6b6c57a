import { unpackValue } from '@stoa/protocol';
import type { UserValueStore } from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';

/** What can be kept from somebody. */
export type Reach = 'messages' | 'calls' | 'presence' | 'profile' | 'groups';

/** Whom a user blocks; `tooMany` when they are too many to keep here. */
type Blocked = ReadonlyMap<string, ReadonlySet<Reach>> | 'tooMany';

interface Known {
  readonly blocked: Blocked;
  readonly readAt: number;
}

export interface BlockingOptions {
  readonly values: UserValueStore;
  readonly clock: Clock;
  /** Whether this node hears of changes on other nodes. */
  readonly hears?: () => boolean;
}

/**
 * Who blocks whom, cached: every message asks. `forget` must be called when a user changes it, on every node. Should
 * that be lost, what is known is read anew after a minute.
 */
export class Blocking {
  readonly #options: BlockingOptions;
  readonly #known = new BoundedMap<number, Known>(100_000);
  /** Counts calls of forget. */
  #forgotten = 0;

  constructor(options: BlockingOptions) {
    this.#options = options;
  }

  /**
   * Whether what somebody sends may reach the user. Answers at once when it is known, so that a run of messages keeps
   * its order without waiting.
   *
   * @param address Of the one who sends, in the same app.
   */
  mayReach(uid: number, address: string, what: Reach): boolean | Promise<boolean> {
    const { clock, hears = () => true } = this.#options;
    const known = this.#known.get(uid);
    if (known === undefined || !hears() || clock.now() - known.readAt > trustMs) {
      return this.#read(uid).then((blocked) => this.#judge(blocked, uid, address, what));
    }
    return this.#judge(known.blocked, uid, address, what);
  }

  /** True only when it is known, and known to be so. */
  blocksNobody(uid: number): boolean {
    return this.#known.get(uid)?.blocked === nobody;
  }

  forget(uid: number): void {
    this.#forgotten += 1;
    this.#known.delete(uid);
  }

  /** Any user may have changed it. */
  forgetAll(): void {
    this.#forgotten += 1;
    this.#known.clear();
  }

  #judge(blocked: Blocked, uid: number, address: string, what: Reach): boolean | Promise<boolean> {
    if (blocked !== 'tooMany') return blocked.get(address)?.has(what) !== true;
    return this.#options.values
      .get(uid, `${prefix}${address}`)
      .then((value) => value === undefined || !kept(value).has(what));
  }

  async #read(uid: number): Promise<Blocked> {
    const before = this.#forgotten;
    const { values, clock } = this.#options;
    const readAt = clock.now();
    const read = await values.list({ uid, prefix, limit: most + 1 });
    const blocked =
      read.length > most
        ? 'tooMany'
        : read.length === 0
          ? nobody
          : new Map(read.map(({ key, value }) => [key.slice(prefix.length), kept(value)]));
    // What was read before somebody changed may be out of date already.
    if (before === this.#forgotten) this.#known.set(uid, { blocked, readAt });
    return blocked;
  }
}

/** Who blocks messages blocks all else with them but what comes by groups, unless the value says otherwise. */
function kept(value: Uint8Array | null): ReadonlySet<Reach> {
  const block = value === null ? {} : (unpackValue(value) as Partial<Record<Reach, boolean>>);
  const {
    messages = false,
    calls = messages,
    presence = messages,
    profile = messages,
    groups = false,
  } = block;
  const all = { messages, calls, presence, profile, groups };
  return new Set(
    (['messages', 'calls', 'presence', 'profile', 'groups'] as const).filter((what) => all[what]),
  );
}

const nobody: Blocked = new Map();
const prefix = 'blocked:';
/** Blocked addresses of one user that are kept in memory. */
const most = 1_000;
const trustMs = 60_000;
