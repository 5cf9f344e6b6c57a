import type { Bus, Subscription } from '@stoa/bus';
import { type PresenceFrame, presenceValues } from '@stoa/protocol';
import type { UserStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { type PresenceChange, publishToUser, subjects } from '../events.ts';

/** Somebody who wants to be told of users' going online and offline. */
export interface Watcher {
  write(frame: PresenceFrame): void;
}

export interface PresenceOptions {
  /** Name of this node, unique in the installation. */
  readonly node: string;
  readonly bus: Bus;
  readonly users: UserStore;
  readonly clock: Clock;
  /** How long a user without connection still counts as online, so that a reload does not flicker. */
  readonly graceMs: number;
  readonly onError: (error: unknown) => void;
}

interface Watched {
  readonly address: string;
  readonly watchers: Set<Watcher>;
  /** Nodes that hold a session of the user. */
  readonly nodes: Set<string>;
  readonly subscription: Promise<Subscription>;
  seen: number;
}

/**
 * Who is online. Nodes tell each other only about users whom somebody watches (the bus's interest is the routing),
 * so the cost follows those who are interested.
 */
export class Presence {
  readonly #options: PresenceOptions;
  /** Sessions on this node, by user; 0 while he is leaving. */
  readonly #sessions = new Map<number, number>();
  /** When the last session of a leaving user ended; in that order. */
  readonly #leaving = new Map<number, number>();
  readonly #watched = new Map<number, Watched>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  sessionOpened(uid: number): void {
    const sessions = this.#sessions.get(uid);
    this.#sessions.set(uid, (sessions ?? 0) + 1);
    this.#leaving.delete(uid);
    if (sessions === undefined) this.#publish(uid, true);
  }

  sessionClosed(uid: number): void {
    const sessions = (this.#sessions.get(uid) ?? 1) - 1;
    this.#sessions.set(uid, sessions);
    if (sessions === 0) this.#leaving.set(uid, this.#options.clock.now());
  }

  /** Called about once a second: users whose time of grace is over go offline. */
  sweep(): void {
    const { clock, graceMs, onError } = this.#options;
    const now = clock.now();
    for (const [uid, endedAt] of this.#leaving) {
      if (endedAt + graceMs > now) return;
      this.#leave(uid, endedAt).catch(onError);
    }
  }

  /** Writes down when the users were last seen whose sessions have ended with the node. */
  async close(): Promise<void> {
    await Promise.all([...this.#leaving].map(([uid, endedAt]) => this.#leave(uid, endedAt)));
  }

  async #leave(uid: number, endedAt: number): Promise<void> {
    this.#leaving.delete(uid);
    this.#sessions.delete(uid);
    this.#publish(uid, false, endedAt);
    await this.#options.users.update(uid, { lastSeen: endedAt });
  }

  /** Another node asks about a user of this one. */
  answerQuery(uid: number): void {
    if (this.#sessions.has(uid)) this.#publish(uid, true);
  }

  /** Tells the watcher the present state of the user, and from now on every change. */
  async watch(watcher: Watcher, user: { uid: number; address: string }): Promise<void> {
    const watched = this.#watched.get(user.uid) ?? this.#startWatching(user);
    watched.watchers.add(watcher);
    await watched.subscription;
    if (watched.nodes.size === 0 && watched.seen === 0) {
      watched.seen = (await this.#options.users.find(user.uid))?.lastSeen ?? 0;
    }
    if (watched.watchers.has(watcher)) {
      watcher.write(presenceFrame(watched.address, watched.nodes.size > 0, watched.seen));
    }
  }

  unwatch(watcher: Watcher, uid: number): void {
    const watched = this.#watched.get(uid);
    if (watched === undefined) return;
    watched.watchers.delete(watcher);
    if (watched.watchers.size > 0) return;
    this.#watched.delete(uid);
    watched.subscription.then((subscription) => subscription.unsubscribe(), this.#options.onError);
  }

  #startWatching({ uid, address }: { uid: number; address: string }): Watched {
    const { bus, node } = this.#options;
    const watched: Watched = {
      address,
      watchers: new Set(),
      nodes: new Set(this.#sessions.has(uid) ? [node] : []),
      seen: 0,
      subscription: bus.subscribe(subjects.presence(uid), (event) =>
        this.#apply(watched, event as PresenceChange),
      ),
    };
    this.#watched.set(uid, watched);
    watched.subscription
      .then(() => publishToUser(bus, uid, { type: 'presence-query' }))
      .catch(this.#options.onError);
    return watched;
  }

  #apply(watched: Watched, { node, online, seen }: PresenceChange): void {
    const before = watched.nodes.size > 0;
    if (online) watched.nodes.add(node);
    else watched.nodes.delete(node);
    watched.seen = Math.max(watched.seen, seen);
    const after = watched.nodes.size > 0;
    if (before === after) return;
    const frame = presenceFrame(watched.address, after, watched.seen);
    for (const watcher of watched.watchers) watcher.write(frame);
  }

  #publish(uid: number, online: boolean, seen = this.#options.clock.now()): void {
    const { bus, node } = this.#options;
    const change: PresenceChange = { type: 'presence', node, online, seen };
    bus.publish(subjects.presence(uid), change);
  }
}

function presenceFrame(from: string, online: boolean, seen: number): PresenceFrame {
  if (online) return { t: 'presence', from, value: presenceValues.online };
  return { t: 'presence', from, value: presenceValues.offline, ...(seen > 0 ? { seen } : {}) };
}
