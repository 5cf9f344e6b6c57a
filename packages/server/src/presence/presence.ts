import type { Bus, BusEvent, Subscription } from '@stoa/bus';
import { type PresenceFrame, type ProfileFrame, presenceValues } from '@stoa/protocol';
import type { UserStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { type PresenceChange, type ProfileChanged, publishToUser, subjects } from '../events.ts';
import { GroupAudiences, type MembersChanged } from './group-audiences.ts';
import { OneByOne } from './one-by-one.ts';
import type { OtherNodes } from './other-nodes.ts';
import { PresentUsers } from './present-users.ts';
import { type FoundSight, type Sight, type SightOptions, sightOf } from './sight.ts';

/** Somebody who wants to be told of users' going online and offline. */
export interface Watcher {
  /** The user who watches. */
  readonly uid: number;
  readonly address: string;
  write(frame: PresenceFrame | ProfileFrame): void;
}

/** A user, and those on this node who watch him. */
export interface WatcherGroup {
  readonly uid: number;
  readonly watchers: ReadonlySet<Watcher>;
}

export interface PresenceOptions extends SightOptions {
  /** Name of this node, unique in the installation. */
  readonly node: string;
  readonly bus: Bus;
  readonly users: UserStore;
  readonly clock: Clock;
  readonly others: OtherNodes;
  /** How long a user without connection still counts as online, so that a reload does not flicker. */
  readonly graceMs: number;
  /** Others are told when the user was online last in steps of so many milliseconds; 0 for exactly. */
  readonly seenStep?: (uid: number) => Promise<number>;
  /** The profile of a user has changed, whom somebody watches here. */
  readonly onProfileChanged?: (group: WatcherGroup) => Promise<void> | void;
  readonly onError: (error: unknown) => void;
  /** A user has the first session on this node, or the last one has ended some time ago. */
  readonly onCame?: (uid: number) => void;
  readonly onLeft?: (uid: number) => void;
}

interface Watched extends WatcherGroup {
  readonly address: string;
  readonly watchers: Set<Watcher>;
  /** Those who may not see him: for them he is offline. */
  readonly blocked: Set<Watcher>;
  /** Those who are not told when he was last online. */
  readonly unseen: Set<Watcher>;
  /** Those who were told nothing yet, because other nodes may still say that they hold the user. */
  readonly untold: Set<Watcher>;
  /** Nodes that hold a session of the user. */
  readonly nodes: Set<string>;
  /** Those of them that have yet to say so again, because a goodbye may have been lost. */
  readonly doubted: Set<string>;
  /** When all nodes have had the time to answer. */
  settledAt: number;
  readonly subscription: Promise<Subscription>;
  seen: number;
  /** As PresenceOptions.seenStep says. */
  seenStep: number;
  /** The groups that he has chosen, as far as he was asked. */
  chosen: readonly number[];
}

/**
 * Who is online. Nodes tell each other only about users whom somebody watches (the bus's interest is the routing),
 * so the cost follows those who are interested.
 */
export class Presence {
  readonly #options: PresenceOptions;
  /** Those with a session on this node. */
  readonly #connected: PresentUsers;
  /** Those with a session here by which they are online. */
  readonly #online: PresentUsers;
  readonly #watched = new Map<number, Watched>();
  /** Those of whom other nodes were asked a moment ago. */
  readonly #asked = new Set<Watched>();
  /** Those whose profile, or who may see them, may have changed without a word. */
  readonly #unsure: OneByOne<Watched>;
  readonly #audiences: GroupAudiences<Watched>;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#connected = new PresentUsers(options.clock, options.graceMs);
    this.#online = new PresentUsers(options.clock, options.graceMs);
    this.#unsure = new OneByOne(async (watched) => {
      await options.onProfileChanged?.(watched);
      await this.#reviewWatched(watched);
    }, options.onError);
    this.#audiences = new GroupAudiences({
      review: (watched, changed) => this.#reviewMembers(watched, changed),
      onError: options.onError,
    });
  }

  /** Begins to follow what becomes of other nodes. */
  join(): Promise<void> {
    return this.#options.others.join({
      gone: (node, seen) => this.#nodeGone(node, seen),
      back: () => {
        for (const watched of this.#watched.values()) this.#ask(watched);
      },
    });
  }

  /** A session by itself makes nobody online: see appeared(). */
  sessionOpened(uid: number): void {
    if (this.#connected.add(uid)) this.#options.onCame?.(uid);
  }

  /** By a session on this node, the user is online now. */
  appeared(uid: number): void {
    if (this.#online.add(uid)) this.#publish(uid, true);
  }

  /** He is so by one of them no longer. */
  vanished(uid: number): void {
    this.#online.remove(uid);
  }

  /** Users of whom this node holds a session, or held one until a moment ago. */
  held(): Iterable<number> {
    return this.#connected.all();
  }

  sessionClosed(uid: number): void {
    this.#connected.remove(uid);
  }

  /** Called several times a second: users whose time of grace is over go offline, and questions are settled. */
  sweep(): void {
    const { clock, onError } = this.#options;
    const now = clock.now();
    for (const watched of this.#asked) {
      if (watched.settledAt <= now) this.#settle(watched).catch(onError);
    }
    this.#leave(false).catch(onError);
  }

  /** Writes down when the users were last seen whose sessions have ended with the node, and says goodbye. */
  async close(): Promise<void> {
    await this.#leave(true);
    this.#options.others.leave();
  }

  async #leave(all: boolean): Promise<void> {
    const { onLeft, users } = this.#options;
    const offline = this.#online.takeLeft(all);
    for (const [uid, endedAt] of offline) this.#publish(uid, false, endedAt);
    for (const [uid] of this.#connected.takeLeft(all)) onLeft?.(uid);
    await Promise.all(offline.map(([uid, lastSeen]) => users.update(uid, { lastSeen })));
  }

  /** Another node asks about a user of this one. */
  answerQuery(uid: number): void {
    if (this.#online.has(uid)) this.#publish(uid, true);
  }

  /**
   * Tells the watcher the present state of the user, and from now on every change. Resolves when he is told, or will
   * be as soon as the other nodes had time to answer.
   */
  async watch(watcher: Watcher, user: { uid: number; address: string }): Promise<void> {
    const seenStep = (await this.#options.seenStep?.(user.uid)) ?? 0;
    const watched = await this.#audiences.decide(
      () => sightOf(this.#options, user.uid, watcher),
      (found) => {
        const begun = this.#watched.get(user.uid) ?? this.#startWatching(user);
        begun.seenStep = seenStep;
        begun.watchers.add(watcher);
        this.#setSight(begun, watcher, found);
        begun.untold.add(watcher);
        return begun;
      },
    );
    await watched.subscription;
    if (watched.nodes.size > 0) this.#tell(watched, watched.untold);
    else if (!this.#asked.has(watched)) await this.#settle(watched);
  }

  unwatch(watcher: Watcher, uid: number): void {
    const watched = this.#watched.get(uid);
    if (watched === undefined) return;
    watched.watchers.delete(watcher);
    watched.untold.delete(watcher);
    watched.blocked.delete(watcher);
    watched.unseen.delete(watcher);
    if (watched.watchers.size > 0) return;
    this.#watched.delete(uid);
    this.#asked.delete(watched);
    this.#unsure.forget(watched);
    this.#audiences.forget(watched);
    watched.subscription.then((subscription) => subscription.unsubscribe(), this.#options.onError);
  }

  /** Something of what others may see of the user has changed. */
  profileChanged(uid: number): void {
    const watched = this.#watched.get(uid);
    if (watched !== undefined) this.#options.onProfileChanged?.(watched);
  }

  /** Users (this one, or any) have changed whom they block: those who watch are told what they may see now. */
  async review(uid?: number): Promise<void> {
    for (const watched of [...this.#watched.values()]) {
      if (uid !== undefined && watched.uid !== uid) continue;
      await this.#reviewWatched(watched);
    }
  }

  /** Something that was said of any users may have been lost: those who watch are told what there is now. */
  mayHaveMissed(): void {
    for (const watched of this.#watched.values()) this.#unsure.add(watched);
  }

  async #reviewWatched(watched: Watched): Promise<void> {
    watched.seenStep = (await this.#options.seenStep?.(watched.uid)) ?? 0;
    for (const watcher of [...watched.watchers]) await this.#reviewOne(watched, watcher);
  }

  /** Members of a group that is followed here were added, changed or removed. */
  membersChanged(gid: number, changed: MembersChanged): void {
    this.#audiences.changed(gid, changed);
  }

  async #reviewMembers(watched: Watched, changed: MembersChanged): Promise<void> {
    const isForAll = changed === 'anybody' || changed.has(watched.uid);
    for (const watcher of [...watched.watchers]) {
      if (isForAll || changed.has(watcher.uid)) await this.#reviewOne(watched, watcher);
    }
  }

  async #reviewOne(watched: Watched, watcher: Watcher): Promise<void> {
    await this.#audiences.decide(
      () => sightOf(this.#options, watched.uid, watcher),
      (found) => {
        if (!watched.watchers.has(watcher)) return;
        const before = sightIn(watched, watcher);
        this.#setSight(watched, watcher, found);
        if (found.sight !== before) this.#tell(watched, new Set([watcher]));
      },
    );
  }

  #setSight(watched: Watched, watcher: Watcher, { sight, groups, chosen }: FoundSight): void {
    setMember(watched.blocked, watcher, sight === 'nothing');
    setMember(watched.unseen, watcher, sight === 'online');
    if (chosen !== undefined) watched.chosen = chosen;
    this.#audiences.set(watched, [...new Set([...groups, ...watched.chosen])]);
  }

  #startWatching({ uid, address }: { uid: number; address: string }): Watched {
    const { bus, node, onError } = this.#options;
    const watched: Watched = {
      uid,
      address,
      watchers: new Set(),
      blocked: new Set(),
      unseen: new Set(),
      untold: new Set(),
      nodes: new Set(this.#online.has(uid) ? [node] : []),
      doubted: new Set(),
      settledAt: 0,
      seen: 0,
      seenStep: 0,
      chosen: [],
      subscription: bus.subscribe(
        subjects.presence(uid),
        (event) => this.#take(watched, event),
        () => this.#doubt(watched),
      ),
    };
    this.#watched.set(uid, watched);
    this.#ask(watched);
    watched.subscription.catch(onError);
    return watched;
  }

  /** Asks all nodes whether they hold the user. */
  #ask(watched: Watched): void {
    const { bus, clock, others, onError } = this.#options;
    if (others.count > 0) {
      watched.settledAt = clock.now() + answerMs;
      this.#asked.add(watched);
    }
    const { uid, subscription } = watched;
    subscription.then(() => publishToUser(bus, uid, { type: 'presence-query' })).catch(onError);
  }

  /** What nodes said about the user may have been lost. */
  #doubt(watched: Watched): void {
    for (const node of watched.nodes) {
      if (node !== this.#options.node) watched.doubted.add(node);
    }
    this.#ask(watched);
    this.#unsure.add(watched);
  }

  /** All nodes had time to answer: those that did not do not hold the user. */
  async #settle(watched: Watched): Promise<void> {
    this.#asked.delete(watched);
    for (const node of watched.doubted) this.#apply(watched, node, false, this.#options.clock.now());
    if (watched.untold.size === 0) return;
    if (watched.seen === 0) {
      watched.seen = (await this.#options.users.find(watched.uid))?.lastSeen ?? 0;
    }
    this.#tell(watched, watched.untold);
  }

  #nodeGone(node: string, seen: number): void {
    const left: number[] = [];
    for (const watched of this.#watched.values()) {
      if (!watched.nodes.has(node)) continue;
      this.#apply(watched, node, false, seen);
      if (watched.nodes.size === 0) left.push(watched.uid);
    }
    this.#writeSeen(left, seen).catch(this.#options.onError);
    // It may have ended memberships and not lived to say so.
    this.#audiences.anyChanged();
  }

  /** The node that held the users could not write down when they were seen last. */
  async #writeSeen(uids: readonly number[], seen: number): Promise<void> {
    const { users } = this.#options;
    for (const uid of uids) {
      const user = await users.find(uid);
      if (user !== undefined && user.lastSeen < seen) await users.update(uid, { lastSeen: seen });
    }
  }

  #take(watched: Watched, event: BusEvent): void {
    if (event.type === 'profile-changed') this.#profileChanged(watched, event as ProfileChanged);
    if (event.type !== 'presence') return;
    const { node, online, seen } = event as PresenceChange;
    this.#options.others.heardFrom(node);
    this.#apply(watched, node, online, seen);
  }

  #profileChanged(watched: Watched, { presence }: ProfileChanged): void {
    this.#options.onProfileChanged?.(watched);
    if (presence) this.review(watched.uid).catch(this.#options.onError);
  }

  #apply(watched: Watched, node: string, online: boolean, seen: number): void {
    const before = watched.nodes.size > 0;
    if (online) watched.nodes.add(node);
    else watched.nodes.delete(node);
    watched.doubted.delete(node);
    watched.seen = Math.max(watched.seen, seen);
    // Who may not see him is not to learn by a frame that something has changed.
    if (before !== watched.nodes.size > 0) this.#tell(watched, watched.watchers.difference(watched.blocked));
  }

  #tell(watched: Watched, watchers: ReadonlySet<Watcher>): void {
    const { seen, seenStep } = watched;
    const told = seenStep > 0 ? seen - (seen % seenStep) : seen;
    const frame = presenceFrame(watched.address, watched.nodes.size > 0, told);
    const [unseen, timeless] = [
      presenceFrame(watched.address, false, 0),
      presenceFrame(watched.address, watched.nodes.size > 0, 0),
    ];
    for (const watcher of watchers) {
      const sight = sightIn(watched, watcher);
      watcher.write(sight === 'nothing' ? unseen : sight === 'online' ? timeless : frame);
      watched.untold.delete(watcher);
    }
  }

  #publish(uid: number, online: boolean, seen = this.#options.clock.now()): void {
    const { bus, node } = this.#options;
    const change: PresenceChange = { type: 'presence', node, online, seen };
    bus.publish(subjects.presence(uid), change);
  }
}

function sightIn({ blocked, unseen }: Watched, watcher: Watcher): Sight {
  if (blocked.has(watcher)) return 'nothing';
  return unseen.has(watcher) ? 'online' : 'all';
}

function setMember(set: Set<Watcher>, watcher: Watcher, isMember: boolean): void {
  if (isMember) set.add(watcher);
  else set.delete(watcher);
}

function presenceFrame(from: string, online: boolean, seen: number): PresenceFrame {
  if (online) return { t: 'presence', from, value: presenceValues.online };
  return { t: 'presence', from, value: presenceValues.offline, ...(seen > 0 ? { seen } : {}) };
}

/** In this time every node has answered, unless something is wrong with it. */
const answerMs = 400;
