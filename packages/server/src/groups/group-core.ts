import { StoaError } from '@stoa/protocol';
import type { Group, GroupChange, GroupMember, GroupStore, MemberToPut } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Caller } from './callers.ts';
import type { GroupNews } from './group-news.ts';

/** A group as it is when something about it is decided. */
export interface GroupState {
  readonly group: Group;
  /** The caller's membership. */
  readonly own: GroupMember | undefined;
}

/** What is decided: a change, if any is needed, and the answer to the caller. */
export interface Decision<T> {
  readonly change?: Omit<GroupChange, 'now'>;
  /** Members that the change is about, as they were before. */
  readonly before?: readonly GroupMember[];
  readonly result: T;
}

export interface GroupCoreOptions {
  readonly store: GroupStore;
  readonly clock: Clock;
  readonly news: GroupNews;
}

/**
 * Reads, decides and writes as one step: when the group was changed meanwhile, it is decided anew on what it is then. So
 * permissions, limits and uses of PINs hold, whatever happens at the same time on whichever node.
 */
export class GroupCore {
  readonly store: GroupStore;
  readonly clock: Clock;
  readonly #news: GroupNews;
  /** Changes of one group on this node wait for each other instead of getting in each other's way. */
  readonly #underWay = new Map<number, Promise<unknown>>();

  constructor({ store, clock, news }: GroupCoreOptions) {
    this.store = store;
    this.clock = clock;
    this.#news = news;
  }

  /** @throws StoaError NOT_FOUND, also for a group of another app, or one that has ended */
  async find(aid: number, gid: number): Promise<Group> {
    const group = await this.store.find(gid);
    if (group === undefined || group.aid !== aid || !isAlive(group, this.clock.now())) {
      throw new StoaError('NOT_FOUND', `There is no group ${gid}.`);
    }
    return group;
  }

  /** Members whose nodes may not have heard that they are. */
  remind(gid: number, uids: readonly number[]): void {
    for (const uid of uids) this.#news.remind(gid, uid);
  }

  async state({ aid, uid }: Caller, gid: number): Promise<GroupState> {
    const group = await this.find(aid, gid);
    return { group, own: uid === null ? undefined : await this.store.member(gid, uid) };
  }

  /** Resolves when the change is stored and announced. */
  async change<T>(
    caller: Caller,
    gid: number,
    decide: (state: GroupState) => Decision<T> | Promise<Decision<T>>,
  ): Promise<T> {
    const before = this.#underWay.get(gid) ?? Promise.resolve();
    const done = before.then(() => this.#change(caller, gid, decide));
    const settled = done.catch(() => {});
    this.#underWay.set(gid, settled);
    try {
      return await done;
    } finally {
      if (this.#underWay.get(gid) === settled) this.#underWay.delete(gid);
    }
  }

  /** Tells of a group that was just made. */
  announceNew(caller: Caller, group: Group, members: readonly MemberToPut[]): Promise<void> {
    return this.#news.announce({
      caller,
      group,
      change: { put: members },
      before: [],
      epoch: group.epoch,
      now: this.clock.now(),
    });
  }

  /** Ends a membership, whatever becomes of the group meanwhile. */
  async removeWithoutAsking(caller: Caller, { gid }: Group, uid: number): Promise<void> {
    for (;;) {
      const group = await this.store.find(gid);
      const member = await this.store.member(gid, uid);
      if (group === undefined || member === undefined) return;
      const change = { remove: [uid] };
      const now = this.clock.now();
      const changed = await this.store.change(group, { ...change, now });
      if (changed === undefined) continue;
      await this.#news.announce({ caller, group, change, before: [member], epoch: changed.epoch, now });
      return;
    }
  }

  /** Ends a group whose time is over, unless it was prolonged meanwhile. */
  async end(group: Group): Promise<void> {
    const change = { deleted: true } as const;
    const now = this.clock.now();
    const changed = await this.store.change(group, { ...change, now });
    if (changed === undefined) return;
    const caller: Caller = { aid: group.aid, uid: null, address: null };
    await this.#news.announce({ caller, group, change, before: [], epoch: changed.epoch, now });
  }

  async #change<T>(
    caller: Caller,
    gid: number,
    decide: (state: GroupState) => Decision<T> | Promise<Decision<T>>,
  ): Promise<T> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const state = await this.state(caller, gid);
      const { change, before = [], result } = await decide(state);
      if (change === undefined) return result;
      const now = this.clock.now();
      const changed = await this.store.change(state.group, { ...change, now });
      if (changed === undefined) continue;
      await this.#news.announce({ caller, group: state.group, change, before, epoch: changed.epoch, now });
      return result;
    }
    throw new StoaError('UNAVAILABLE', `Group ${gid} is being changed by too many at once.`);
  }
}

const isAlive = ({ deleted, expiresAt }: Group, now: number): boolean =>
  !deleted && (expiresAt === null || expiresAt > now);

/** Each of them lets somebody else through. */
const attempts = 50;
