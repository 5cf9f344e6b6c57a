import type { Clock } from '../clock.ts';
import { RoomElsewhere, type RoomLeases, type RoomOwner, type RunningLease } from './room-leases.ts';

export interface LeaseWatchOptions {
  readonly leases: Pick<RoomLeases, 'lookAt'>;
  readonly clock: Clock;
  /** Of the rooms in which devices of this node are. */
  readonly owners: () => readonly RoomOwner[];
  /** The owner has the room no more. */
  readonly onMoved: (owner: RoomOwner) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Looks whether the nodes that have rooms have them still: once a second, and when the lease of one should have been
 * prolonged and was not, as soon as it is over. The cost is one read a second for each node that has such rooms.
 */
export class LeaseWatch {
  readonly #options: LeaseWatchOptions;
  /** Who waits for the answer of a node. */
  readonly #waiting = new Map<AbortController, RoomOwner>();
  #looking = false;
  #nextLook = 0;
  /** When the first of the leases ends that were seen. */
  #endsAt = Number.POSITIVE_INFINITY;

  constructor(options: LeaseWatchOptions) {
    this.#options = options;
  }

  /**
   * Waits for the node that has the room, as long as it has it.
   *
   * @throws RoomElsewhere when it has it no more
   */
  async during<T>(lease: RunningLease, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    this.#waiting.set(abort, lease);
    this.#endsAt = Math.min(this.#endsAt, lease.until);
    try {
      return await ask(abort.signal);
    } finally {
      this.#waiting.delete(abort);
    }
  }

  /** To be called some times a second. */
  tick(): void {
    const { clock, owners, onError } = this.#options;
    const now = clock.now();
    if (this.#looking || (now < this.#nextLook && now < this.#endsAt)) return;
    const watched = [...owners(), ...this.#waiting.values()];
    this.#endsAt = Number.POSITIVE_INFINITY;
    if (watched.length === 0) return;
    this.#nextLook = now + lookMs;
    this.#looking = true;
    this.#look(watched)
      .catch(onError)
      .finally(() => {
        this.#looking = false;
      });
  }

  async #look(watched: readonly RoomOwner[]): Promise<void> {
    const { leases, onMoved } = this.#options;
    const { moved, endsAt } = await leases.lookAt(watched);
    this.#endsAt = Math.min(this.#endsAt, endsAt);
    const over = new Set(moved.map(({ gid, epoch }) => `${gid} ${epoch}`));
    for (const [abort, { gid, epoch }] of this.#waiting)
      if (over.has(`${gid} ${epoch}`)) abort.abort(new RoomElsewhere());
    for (const owner of moved) onMoved(owner);
  }
}

const lookMs = 1_000;
