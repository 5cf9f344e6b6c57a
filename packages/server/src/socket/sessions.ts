import type { Bus, Subscription } from '@stoa/bus';
import { StoaError } from '@stoa/protocol';
import { type ConnectedDevices, subjects, type UserEvent } from '../events.ts';
import type { GroupFeed } from '../groups/index.ts';
import type { Presence } from '../presence/index.ts';
import type { Session } from './session.ts';

interface UserSessions {
  readonly sessions: Set<Session>;
  readonly subscription: Promise<Subscription>;
  /** Resolves when what happens in the user's groups reaches him. */
  readonly groups: Promise<void>;
}

export interface SessionsOptions {
  readonly bus: Bus;
  readonly presence: Presence;
  readonly groups: Pick<GroupFeed, 'opened' | 'closed' | 'joined'>;
  /** Sessions that one user may have on this node; 0 for no limit. */
  readonly perUser: number;
  /** Events about the session's user may have been lost. */
  readonly onMayMiss: (session: Session) => void;
}

/** The signed-in sessions of this node, by user. It listens for a user's events while it holds a session of his. */
export class Sessions {
  readonly #bus: Bus;
  readonly #presence: Presence;
  readonly #groups: SessionsOptions['groups'];
  readonly #perUser: number;
  readonly #onMayMiss: (session: Session) => void;
  readonly #byUser = new Map<number, UserSessions>();
  #count = 0;

  constructor({ bus, presence, groups, perUser, onMayMiss }: SessionsOptions) {
    this.#groups = groups;
    this.#bus = bus;
    this.#presence = presence;
    this.#perUser = perUser;
    this.#onMayMiss = onMayMiss;
  }

  get count(): number {
    return this.#count;
  }

  *[Symbol.iterator](): Generator<Session> {
    for (const { sessions } of this.#byUser.values()) yield* sessions;
  }

  /**
   * Resolves when events about the user, from any node, reach the session.
   *
   * @throws StoaError TOO_MANY when the user has too many sessions on this node.
   */
  async add(session: Session): Promise<void> {
    const { uid } = session.identity;
    let user = this.#byUser.get(uid);
    if (this.#perUser > 0 && user !== undefined && user.sessions.size >= this.#perUser) {
      throw new StoaError('TOO_MANY', `The user has ${user.sessions.size} connections, as many as he may.`);
    }
    if (user === undefined) {
      const sessions = new Set<Session>();
      const handle = (event: UserEvent): void => {
        if (event.type === 'presence-query') this.#presence.answerQuery(uid);
        else if (event.type === 'device-query') this.#nameDevices(sessions, event.reply);
        else if (event.type === 'group-joined') this.#groups.joined(uid, event.gid);
        else for (const one of sessions) one.event(event);
      };
      const subscription = this.#bus.subscribe(
        subjects.user(uid),
        (event) => handle(event as UserEvent),
        () => sessions.forEach(this.#onMayMiss),
      );
      // First the user's own events: a group that he joins meanwhile is told by them.
      const groups = subscription.then(() => this.#groups.opened(uid, sessions));
      groups.catch(() => {});
      user = { sessions, subscription, groups };
      this.#byUser.set(uid, user);
    }
    user.sessions.add(session);
    this.#count += 1;
    this.#presence.sessionOpened(uid);
    await user.groups;
  }

  /** Whether the device has a session here. */
  holds(uid: number, dev: number): boolean {
    for (const { identity } of this.#byUser.get(uid)?.sessions ?? []) if (identity.dev === dev) return true;
    return false;
  }

  #nameDevices(sessions: ReadonlySet<Session>, reply: string): void {
    const answer: ConnectedDevices = {
      type: 'connected-devices',
      devs: [...sessions].map(({ identity }) => identity.dev),
    };
    this.#bus.publish(reply, answer);
  }

  remove(session: Session): void {
    const { uid } = session.identity;
    const user = this.#byUser.get(uid);
    if (user === undefined || !user.sessions.delete(session)) return;
    this.#count -= 1;
    this.#presence.sessionClosed(uid);
    if (user.sessions.size > 0) return;
    this.#byUser.delete(uid);
    this.#groups.closed(uid);
    user.subscription.then(
      (subscription) => subscription.unsubscribe(),
      () => {},
    );
  }
}
