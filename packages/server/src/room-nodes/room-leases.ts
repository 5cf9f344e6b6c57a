import { StoaError } from '@stoa/protocol';
import type { RoomLease, RoomLeaseStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';

export interface RoomLeasesOptions {
  /** Name of this node, unique in the installation and never used again. */
  readonly node: string;
  readonly store: RoomLeaseStore;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Which other node acts for a room. */
export interface RoomOwner {
  readonly gid: number;
  readonly node: string;
  readonly epoch: number;
}

/** Which other node has a room, and until when unless it prolongs that: milliseconds since 1970. */
export interface RunningLease extends RoomOwner {
  readonly until: number;
}

/** The room is not here, or not any more: who asked is to look again for the node that it belongs to. */
export class RoomElsewhere extends Error {}

interface Held {
  readonly epoch: number;
  /** Until when no other node can have taken it, by this node's clock. */
  sureUntil: number;
}

/**
 * The rooms that are this node's alone: each by a lease in the store, which is prolonged every second. A node that could
 * not prolong one in time does not act for the room until it could, and one that had it taken away never again.
 */
export class RoomLeases {
  readonly #options: RoomLeasesOptions;
  readonly #held = new Map<number, Held>();
  readonly #taking = new Set<number>();
  readonly #releasing = new Map<number, Promise<void>>();
  #renewing = false;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RoomLeasesOptions) {
    this.#options = options;
  }

  /** Of the lease that this node has; undefined when it has none. */
  epochOf(gid: number): number | undefined {
    return this.#held.get(gid)?.epoch;
  }

  /** Whether this node acts for the room now. */
  holds(gid: number): boolean {
    const held = this.#held.get(gid);
    return held !== undefined && this.#options.clock.now() < held.sureUntil;
  }

  /** @throws RoomElsewhere when another node has it, StoaError UNAVAILABLE when that is not certain */
  async take(gid: number): Promise<{ readonly startedAt: number; readonly goesOn: boolean }> {
    const { node, store, clock } = this.#options;
    await this.#releasing.get(gid);
    if (this.#mayHaveMissed() && (await this.#otherHolder(gid)) !== undefined)
      throw new StoaError('UNAVAILABLE', 'It is not certain yet which node the room is at.');
    const now = clock.now();
    this.#taking.add(gid);
    try {
      const lease = await store.claim({ gid, node, now, until: now + leaseMs, goesOnAfter: now - goesOnMs });
      if (lease.node !== node) throw new RoomElsewhere();
      this.#held.set(gid, { epoch: lease.epoch, sureUntil: now + leaseMs - marginMs });
      return { startedAt: lease.startedAt, goesOn: lease.startedAt !== now };
    } finally {
      this.#taking.delete(gid);
    }
  }

  /** The other node that has the room now. */
  async ownerOf(gid: number): Promise<RunningLease | undefined> {
    const other = await this.#otherHolder(gid);
    return other !== undefined && this.#isLive(other) ? other : undefined;
  }

  /** Which of these rooms their nodes have no more, and when the first lease of the others ends. */
  async lookAt(owners: readonly RoomOwner[]): Promise<{ moved: RoomOwner[]; endsAt: number }> {
    const nodes = [...new Set(owners.map(({ node }) => node))];
    const leases = await this.#asking(Promise.all(nodes.map((node) => this.#options.store.heldBy(node))));
    const live = new Map(
      leases
        .flat()
        .filter((lease) => this.#isLive(lease))
        .map((lease) => [lease.gid, lease]),
    );
    const moved: RoomOwner[] = [];
    let endsAt = Number.POSITIVE_INFINITY;
    for (const owner of owners) {
      const lease = live.get(owner.gid);
      if (lease?.node !== owner.node || lease.epoch !== owner.epoch) moved.push(owner);
      else endsAt = Math.min(endsAt, lease.until);
    }
    return { moved, endsAt };
  }

  /** Prolongs all leases; a room whose lease is another node's is not held afterwards. Never rejects. */
  async renew(): Promise<void> {
    if (this.#renewing || this.#held.size === 0) return;
    const { node, store, clock, onError } = this.#options;
    const before = new Map(this.#held);
    const askedAt = clock.now();
    this.#renewing = true;
    try {
      const renewed = await this.#asking(store.renew(node, askedAt + leaseMs));
      const epochs = new Map(renewed.map(({ gid, epoch }) => [gid, epoch]));
      for (const [gid, held] of before) {
        if (this.#held.get(gid) !== held) continue;
        if (epochs.get(gid) === held.epoch) held.sureUntil = askedAt + leaseMs - marginMs;
        else this.#held.delete(gid);
      }
      // Of which the answer was lost, when it was taken or given back.
      const strays = renewed.filter(({ gid }) => !this.#held.has(gid) && !this.#taking.has(gid));
      await Promise.all(strays.map((lease) => store.release(lease)));
    } catch (error) {
      onError(error);
      // Whoever can ask the store has taken it long since.
      for (const [gid, { sureUntil }] of before)
        if (clock.now() >= sureUntil + unsureMs) this.#held.delete(gid);
    } finally {
      this.#renewing = false;
    }
  }

  /** Gives a room back; until that is stored, it is not taken again. */
  release(gid: number): Promise<void> {
    const { store, onError } = this.#options;
    const held = this.#held.get(gid);
    if (held === undefined) return this.#releasing.get(gid) ?? Promise.resolve();
    this.#held.delete(gid);
    // Where it fails, the lease runs out.
    const released = store.release({ gid, epoch: held.epoch }).catch(onError);
    this.#releasing.set(gid, released);
    return released.finally(() => {
      if (this.#releasing.get(gid) === released) this.#releasing.delete(gid);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((gid) => this.release(gid)));
    await Promise.all(this.#releasing.values());
  }

  async #otherHolder(gid: number): Promise<RunningLease | undefined> {
    const lease = await this.#asking(this.#options.store.find(gid));
    if (lease === undefined || lease.node === null || lease.node === this.#options.node) return undefined;
    return { gid, node: lease.node, epoch: lease.epoch, until: lease.until };
  }

  /** After the store was away, its nodes have to prolong theirs first. */
  #isLive({ until }: Pick<RoomLease, 'until'>): boolean {
    return until > this.#options.clock.now() || this.#mayHaveMissed();
  }

  #mayHaveMissed(): boolean {
    return this.#options.clock.now() < this.#failedAt + leaseMs;
  }

  async #asking<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      this.#failedAt = this.#options.clock.now();
      throw error;
    }
  }
}

/** How long a node that says nothing keeps a room: a process may be busy, and the store slow. */
const leaseMs = 4_000;
/** By which the clocks of the nodes may differ. */
const marginMs = 1_000;
/** How long a room whose lease could not be prolonged goes on forwarding for those who are in it. */
const unsureMs = 30_000;
/** Whose room was lost for longer than that, begins another one. */
const goesOnMs = 60_000;
