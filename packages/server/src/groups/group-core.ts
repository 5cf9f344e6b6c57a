import { StoaError } from '@stoa/protocol';
import type { Group, GroupChange, GroupMember, GroupStore, NewGroup, NewWebhookEvent } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { backendOf, type Caller } from './callers.ts';
import type { GroupNews, GroupNewsItem } from './group-news.ts';
import { isMember } from './member-limits.ts';

/** A group as it is when something about it is decided. */
export interface GroupState {
  readonly group: Group;
  /** The caller's membership. */
  readonly own: GroupMember | undefined;
}

/** What is decided: a change, if any is needed, and the answer to the caller. */
export interface Decision<T> {
  readonly change?: Omit<GroupChange, 'now' | 'events'>;
  /** Members that the change is about, as they were before. */
  readonly before?: readonly GroupMember[];
  /** Users who wait no longer to be let in. */
  readonly answered?: readonly number[];
  readonly result: T;
}

/** Somebody outside who is to be told of changes: what is told is stored together with them. */
export interface GroupChangeObserver {
  /** Resolves to what is to be told when the change has become this one of this group. */
  groupEvents(
    item: Omit<GroupNewsItem, 'epoch'> & { readonly isNew?: true },
  ): Promise<(made: { readonly gid: number; readonly epoch: number }) => readonly NewWebhookEvent[]>;
  /** Called after a change with events was made. */
  groupChanged(): void;
}

export interface GroupCoreOptions {
  readonly store: GroupStore;
  readonly clock: Clock;
  readonly news: GroupNews;
  /** Somebody outside who is to be told of changes: what is told is stored together with them. */
  readonly observer: GroupChangeObserver;
}

/**
 * Reads, decides and writes as one step: when the group was changed meanwhile, it is decided anew on what it is then. So
 * permissions, limits and uses of PINs hold, whatever happens at the same time on whichever node.
 */
export class GroupCore {
  readonly store: GroupStore;
  readonly clock: Clock;
  readonly #news: GroupNews;
  readonly #observer: GroupCoreOptions['observer'];
  /** Changes of one group on this node wait for each other instead of getting in each other's way. */
  readonly #underWay = new Map<number, Promise<unknown>>();

  constructor({ store, clock, news, observer }: GroupCoreOptions) {
    this.#observer = observer;
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
    const own = uid === null ? undefined : await this.store.member(gid, uid);
    return { group, own: own !== undefined && isMember(own, this.clock.now()) ? own : undefined };
  }

  /** Those of the users who are members at the moment. */
  async membersAmong(gid: number, uids: readonly number[]): Promise<GroupMember[]> {
    const now = this.clock.now();
    return (await this.store.membersAmong(gid, uids)).filter((member) => isMember(member, now));
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

  /** Makes a group, and tells of it. */
  async create(caller: Caller, group: Omit<NewGroup, 'now' | 'events'>): Promise<Group> {
    const { members, receivers: _, ...settings } = group;
    const now = this.clock.now();
    const base: Group = { ...settings, gid: 0, conv: 0, createdAt: now, deleted: false, epoch: 0 };
    const item = { caller, change: { put: members }, before: [], now };
    const events = await this.#observer.groupEvents({ ...item, group: base, isNew: true });
    const made = await this.store.create({ ...group, now, events });
    this.#observer.groupChanged();
    await this.#news.announce({ ...item, group: made, epoch: made.epoch });
    return made;
  }

  /** Makes the change, and tells of it. False when the group was changed meanwhile. */
  async #make(item: Omit<GroupNewsItem, 'epoch'>): Promise<boolean> {
    const { group, change, now } = item;
    const events = await this.#observer.groupEvents(item);
    const told = events({ gid: group.gid, epoch: group.epoch + 1 });
    const changed = await this.store.change(group, { ...change, now, events: told });
    if (changed === undefined) return false;
    if (told.length > 0) this.#observer.groupChanged();
    await this.#news.announce({ ...item, epoch: changed.epoch });
    return true;
  }

  /** Ends a membership, if it is one that is meant, whatever becomes of the group meanwhile. */
  async removeWithoutAsking(
    caller: Caller,
    { gid }: Pick<Group, 'gid'>,
    uid: number,
    isMeant: (member: GroupMember) => boolean = () => true,
  ): Promise<void> {
    for (;;) {
      const group = await this.store.find(gid);
      const member = await this.store.member(gid, uid);
      if (group === undefined || member === undefined || !isMeant(member)) return;
      const change = { remove: [uid] };
      if (await this.#make({ caller, group, change, before: [member], now: this.clock.now() })) return;
    }
  }

  /** Removes those of the users whose time is over: who comes back after that is somebody new. */
  async removeOver(aid: number, gid: number, uids: readonly number[]): Promise<void> {
    const isOver = (member: GroupMember): boolean => !isMember(member, this.clock.now());
    for (const member of await this.store.membersAmong(gid, uids))
      if (isOver(member)) await this.removeWithoutAsking(backendOf(aid), { gid }, member.uid, isOver);
  }

  /** Ends a group whose time is over, unless it was prolonged meanwhile. */
  async end(group: Group): Promise<void> {
    const change = { deleted: true } as const;
    await this.#make({ caller: backendOf(group.aid), group, change, before: [], now: this.clock.now() });
  }

  async #change<T>(
    caller: Caller,
    gid: number,
    decide: (state: GroupState) => Decision<T> | Promise<Decision<T>>,
  ): Promise<T> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const state = await this.state(caller, gid);
      const { change, before = [], answered = [], result } = await decide(state);
      if (change === undefined) return result;
      const item = { caller, group: state.group, change, before, answered, now: this.clock.now() };
      if (await this.#make(item)) return result;
    }
    throw new StoaError('UNAVAILABLE', `Group ${gid} is being changed by too many at once.`);
  }
}

const isAlive = ({ deleted, expiresAt }: Group, now: number): boolean =>
  !deleted && (expiresAt === null || expiresAt > now);

/** Each of them lets somebody else through. */
const attempts = 50;
