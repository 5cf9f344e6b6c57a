import type { Bus, Subscription } from '@stoa/bus';
import type { Group, GroupStore } from '@stoa/storage';
import type { Blocking } from '../blocking/index.ts';
import { type GroupAudience, type GroupEvent, subjects, type UserEvent } from '../events.ts';
import type { MembersChanged } from '../presence/index.ts';
import { type ForMembers, Offer, Passing } from './for-members.ts';
import { may, mustWait } from './permissions.ts';

/** A session of this node, as far as it concerns us. */
export interface GroupSession {
  readonly connection: { readonly closed: boolean };
  catchUp(): Promise<void>;
  readonly delivery: {
    /** Without `bytes` the log is asked whether it is for the user. */
    offer(conv: number, seq: number, bytes: Uint8Array | undefined): void;
    refresh(conv: number): void;
  };
  event(event: UserEvent): void;
}

export interface GroupFeedOptions {
  readonly bus: Bus;
  readonly store: GroupStore;
  readonly blocking: Pick<Blocking, 'mayReach' | 'blocksNobody'>;
  /** Events about the session's groups may have been lost. */
  readonly onMayMiss: (session: GroupSession) => void;
  /** Members of a group that is followed here were added, changed or removed. */
  readonly onMembersChanged: (gid: number, changed: MembersChanged) => void;
  readonly onError: (error: unknown) => void;
}

interface LocalMember {
  readonly sessions: ReadonlySet<GroupSession>;
  receives: boolean;
  flags: number;
  admin: number;
  /** The epoch from which on this is true. */
  since: number;
}

interface Feed {
  readonly gid: number;
  readonly conv: number;
  /** Of the group. */
  flags: number;
  readonly members: Map<number, LocalMember>;
  /** Of which what is known of the members is true. */
  epoch: number;
  subscription: Promise<Subscription>;
  /** Events that wait until the members are known again; undefined while they are. */
  waiting: GroupEvent[] | undefined;
}

/**
 * Brings what happens in groups to the sessions of their members on this node. It listens for a group while it holds a
 * session of a member: what a message costs here does not depend on members who are elsewhere or away.
 *
 * Changes of a group and messages come from several nodes, in any order. A message says of which epoch of the group it
 * is. When that is later than what is known here, the store is asked first; when it is of before somebody was what he is
 * now, he is served from the log: so nobody is sent what is not for him. So is who leaves, up to where it is for him.
 */
export class GroupFeed {
  readonly #options: GroupFeedOptions;
  readonly #feeds = new Map<number, Feed>();
  readonly #convsOf = new Map<number, Set<number>>();
  readonly #sessionsOf = new Map<number, ReadonlySet<GroupSession>>();

  constructor(options: GroupFeedOptions) {
    this.#options = options;
  }

  /** The first session of a user was opened. Resolves when what happens in his groups reaches his sessions. */
  async opened(uid: number, sessions: ReadonlySet<GroupSession>): Promise<void> {
    this.#sessionsOf.set(uid, sessions);
    await this.refresh(uid);
  }

  /** The last session of a user has ended. */
  closed(uid: number): void {
    this.#sessionsOf.delete(uid);
    for (const conv of this.#convsOf.get(uid) ?? []) this.#drop(conv, uid);
    this.#convsOf.delete(uid);
  }

  /** Finds out anew of which groups the user is a member. */
  async refresh(uid: number): Promise<void> {
    const { store } = this.#options;
    const before = new Map(
      [...(this.#convsOf.get(uid) ?? [])].map((conv) => [conv, this.#feeds.get(conv)?.members.get(uid)]),
    );
    const found = new Set<number>();
    let after = 0;
    for (;;) {
      const page = await store.ofUser({ uid, after, limit: listingPage });
      const listening = page.map(({ group, member, receives }) => {
        found.add(group.conv);
        return this.#listen(group, uid, { receives, flags: member.flags, admin: member.admin });
      });
      await Promise.all(listening);
      const last = page.at(-1);
      if (last === undefined || page.length < listingPage) break;
      after = last.group.gid;
    }
    for (const [conv, member] of before) {
      const feed = this.#feeds.get(conv);
      // Who has joined while the store was asked is not among what it said.
      if (found.has(conv) || feed === undefined || feed.members.get(uid) !== member) continue;
      this.#drop(conv, uid);
      this.#options.onMembersChanged(feed.gid, new Set([uid]));
    }
  }

  /** The user has become a member of a group. */
  joined(uid: number, gid: number): void {
    const join = async (): Promise<void> => {
      const { store } = this.#options;
      const [membership] = await store.ofUser({ uid, after: gid - 1, limit: 1 });
      if (membership === undefined || membership.group.gid !== gid) return;
      const { group, member, receives } = membership;
      await this.#listen(group, uid, { receives, flags: member.flags, admin: member.admin });
      for (const session of this.#sessionsOf.get(uid) ?? []) session.delivery.refresh(group.conv);
      this.#options.onMembersChanged(gid, new Set([uid]));
    };
    join().catch((error: unknown) => this.#lost(uid, error));
  }

  async #listen(
    { gid, conv, epoch, flags }: Group,
    uid: number,
    what: Omit<LocalMember, 'sessions' | 'since'>,
  ): Promise<void> {
    const sessions = this.#sessionsOf.get(uid);
    if (sessions === undefined) return;
    let feed = this.#feeds.get(conv);
    if (feed === undefined) {
      const made: Feed = {
        gid,
        conv,
        epoch,
        flags,
        members: new Map(),
        waiting: undefined,
        subscription: this.#options.bus.subscribe(
          subjects.group(conv),
          (event) => this.#take(made, event as GroupEvent),
          () => this.#mayMiss(made),
        ),
      };
      feed = made;
      this.#feeds.set(conv, made);
    }
    // What was read may be older than what is known of the others: then all of it counts as old.
    feed.epoch = Math.min(feed.epoch, epoch);
    feed.members.set(uid, { sessions, ...what, since: epoch });
    const convs = this.#convsOf.get(uid) ?? new Set();
    this.#convsOf.set(uid, convs.add(conv));
    await feed.subscription;
  }

  #drop(conv: number, uid: number): void {
    this.#convsOf.get(uid)?.delete(conv);
    const feed = this.#feeds.get(conv);
    if (feed === undefined || !feed.members.delete(uid) || feed.members.size > 0) return;
    this.#feeds.delete(conv);
    feed.subscription.then(
      (subscription) => subscription.unsubscribe(),
      () => {},
    );
  }

  #take(feed: Feed, event: GroupEvent): void {
    if (feed.waiting !== undefined) {
      feed.waiting.push(event);
      return;
    }
    switch (event.type) {
      case 'group-message':
        if (event.epoch > feed.epoch) this.#ask(feed, event);
        else this.#deliver(feed, event);
        return;
      case 'group-frame':
        this.#pass(feed, event);
        return;
      case 'group-changed':
        if (event.epoch <= feed.epoch) return;
        if (event.all || event.epoch > feed.epoch + 1) this.#ask(feed, undefined);
        else this.#change(feed, event);
    }
  }

  #deliver({ conv, members }: Feed, event: Extract<GroupEvent, { type: 'group-message' }>): void {
    const { seq, from, to, epoch, unseenBy } = event;
    const offer = new Offer(conv, event);
    if (to === undefined) {
      for (const [uid, { receives, since, sessions }] of members) {
        if (!receives) continue;
        if (unseenBy?.includes(uid)) offer.to(sessions, false);
        else if (epoch >= since) this.#give(offer, uid, from, sessions);
        else for (const session of sessions) session.delivery.offer(conv, seq, undefined);
      }
      return;
    }
    for (const uid of to) {
      const member = members.get(uid);
      if (member !== undefined) this.#give(offer, uid, from, member.sessions);
    }
  }

  #pass(
    { flags, members }: Feed,
    { bytes, to, from, exceptDev, droppable }: Extract<GroupEvent, { type: 'group-frame' }>,
  ): void {
    const passing = new Passing({
      type: 'frame',
      bytes,
      ...(exceptDev === undefined ? {} : { exceptDev }),
      ...(droppable === undefined ? {} : { droppable }),
    });
    for (const [uid, member] of members) {
      if (isMeant(to, { flags }, member)) this.#give(passing, uid, from, member.sessions);
    }
  }

  /**
   * Goes on at once when it is known whether the member takes what is from there: nearly always. A message comes through
   * here once for each member, so that nothing is made for one of them.
   */
  #give(what: ForMembers, uid: number, from: string | undefined, sessions: ReadonlySet<GroupSession>): void {
    const { blocking, onError } = this.#options;
    if (from === undefined || blocking.blocksNobody(uid)) {
      what.to(sessions, true);
      return;
    }
    const mayReach = blocking.mayReach(uid, from, 'groups');
    // What overtakes it meanwhile does not matter: then the log is read.
    if (mayReach instanceof Promise) mayReach.then((may) => what.to(sessions, may)).catch(onError);
    else what.to(sessions, mayReach);
  }

  #change(feed: Feed, { epoch, flags, put, removed }: Extract<GroupEvent, { type: 'group-changed' }>): void {
    feed.epoch = epoch;
    feed.flags = flags;
    for (const { uid, receives, flags: permissions, admin } of put) {
      const member = feed.members.get(uid);
      if (member === undefined || member.since >= epoch) continue;
      member.flags = permissions;
      member.admin = admin;
      if (member.receives === receives) continue;
      member.receives = receives;
      member.since = epoch;
      for (const session of member.sessions) session.delivery.refresh(feed.conv);
    }
    for (const uid of removed) {
      // Not who has come again since, which was read before this came.
      if ((feed.members.get(uid)?.since ?? 0) < epoch) this.#end(feed, uid);
    }
    const changed = new Set([...put.map(({ uid }) => uid), ...removed]);
    if (changed.size > 0) this.#options.onMembersChanged(feed.gid, changed);
  }

  /** What was sent before the end is still for him, and may not have come here yet. */
  #end(feed: Feed, uid: number): void {
    const sessions = feed.members.get(uid)?.sessions ?? [];
    this.#drop(feed.conv, uid);
    for (const session of sessions) session.delivery.refresh(feed.conv);
  }

  /** Asks the store who the members are; then it is the turn of what came meanwhile. */
  #ask(feed: Feed, event: GroupEvent | undefined): void {
    feed.waiting = event === undefined ? [] : [event];
    const ask = async (): Promise<void> => {
      const { store } = this.#options;
      const uids = [...feed.members.keys()];
      const { epoch, uids: receiving } = await store.receiversAmong(feed.conv, uids);
      const group = await store.find(feed.gid);
      const members = new Map(
        (await store.membersAmong(feed.gid, uids)).map((member) => [member.uid, member]),
      );
      const receivers = new Set(receiving);
      const asked = new Set(uids);
      // Of who was added meanwhile, what was read may be older: the changes since then are still to be taken.
      const others = [...feed.members].filter(([uid]) => !asked.has(uid));
      feed.epoch = Math.min(epoch, ...others.map(([, { since }]) => since));
      feed.flags = group?.flags ?? feed.flags;
      for (const uid of uids) {
        const local = feed.members.get(uid);
        // Who was added anew meanwhile may be known better.
        if (local === undefined || local.since > epoch) continue;
        const member = members.get(uid);
        if (member === undefined) {
          this.#end(feed, uid);
          continue;
        }
        local.flags = member.flags;
        local.admin = member.admin;
        local.since = epoch;
        if (local.receives === receivers.has(uid)) continue;
        local.receives = receivers.has(uid);
        for (const session of local.sessions) session.delivery.refresh(feed.conv);
      }
    };
    ask().then(
      () => {
        this.#options.onMembersChanged(feed.gid, 'anybody');
        this.#goOn(feed);
      },
      (error: unknown) => {
        this.#options.onError(error);
        // Nothing is lost: the sessions ask the log, and the next event asks for the members again.
        feed.waiting = undefined;
        this.#mayMiss(feed);
      },
    );
  }

  #goOn(feed: Feed): void {
    const events = feed.waiting ?? [];
    feed.waiting = undefined;
    for (const event of events) this.#take(feed, event);
  }

  #mayMiss(feed: Feed): void {
    feed.epoch = Math.min(feed.epoch, 0);
    for (const { sessions } of feed.members.values()) sessions.forEach(this.#options.onMayMiss);
  }

  #lost(uid: number, error: unknown): void {
    this.#options.onError(error);
    for (const session of this.#sessionsOf.get(uid) ?? []) this.#options.onMayMiss(session);
  }
}

function isMeant(to: GroupAudience, group: Pick<Feed, 'flags'>, member: LocalMember): boolean {
  switch (to) {
    case 'members':
      return true;
    case 'receivers':
      return member.receives;
    case 'administrators':
      return member.admin !== 0;
    case 'listers':
      return may('list', group, member) === 'yes';
    case 'admitted':
      return !mustWait(group, member);
  }
}

const listingPage = 100;
