import type { Bus } from '@stoa/bus';
import {
  limits,
  msgpackCodec,
  type PresenceFrame,
  type PresenceMode,
  presenceValues,
  type SendPresenceFrame,
  StoaError,
  type WatchFrame,
} from '@stoa/protocol';
import type { Access, Subject } from '../access/index.ts';
import type { Blocking } from '../blocking/index.ts';
import type { Directory } from '../directory/index.ts';
import { publishToUser } from '../events.ts';
import { isOnlineBy, type Presence, type Watcher } from '../presence/index.ts';
import { SparseMap } from '../sparse-map.ts';
import type { Connection } from './connection.ts';
import type { GroupTraffic, Publish } from './group-traffic.ts';
import { InOrder } from './in-order.ts';
import type { Appearance, SessionIdentity } from './session.ts';
import { Turns } from './turns.ts';

export interface PresenceServices {
  readonly directory: Pick<Directory, 'byAddress'>;
  readonly presence: Presence;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly access: Pick<Access, 'may'>;
  readonly bus: Bus;
}

/** What a session tells others of its user's presence, and whose presence it wants to hear. */
export class PresenceTraffic {
  readonly #identity: Pick<SessionIdentity, 'aid' | 'uid' | 'address'>;
  readonly #connection: Pick<Connection, 'closed' | 'write'>;
  readonly #services: PresenceServices;
  readonly #groups: Pick<GroupTraffic, 'presence'>;
  readonly #told = new InOrder();
  readonly #watching = new SparseMap<string, number>();
  readonly #watcher: Watcher;
  #mode: PresenceMode | undefined;
  #inFront: boolean | undefined;
  #isOpen = false;
  #isOnline = false;
  /** Counted in addresses: a list of contacts may be watched in one frame or in one for each. */
  readonly #turns = new Turns(2 * limits.watchPerSession);

  constructor(options: {
    readonly identity: Pick<SessionIdentity, 'aid' | 'uid' | 'address'>;
    readonly connection: Pick<Connection, 'closed' | 'write'>;
    readonly services: PresenceServices;
    readonly groups: Pick<GroupTraffic, 'presence'>;
  }) {
    const { connection, identity } = options;
    this.#identity = identity;
    this.#connection = connection;
    this.#services = options.services;
    this.#groups = options.groups;
    const { uid, address } = identity;
    this.#watcher = { uid, address, write: (frame) => connection.write(frame) };
  }

  /** The session is counted from now on. */
  opened({ inFront, mode }: Appearance): void {
    this.#isOpen = true;
    // The device may have said it anew meanwhile.
    this.#inFront ??= inFront;
    this.changeMode(mode);
  }

  /** The application came in front, or went into the background. */
  front(inFront: boolean): void {
    this.#inFront = inFront;
    this.changeMode(this.#mode);
  }

  /** The user has said when he wants to be online. */
  changeMode(mode: PresenceMode | undefined): void {
    this.#mode = mode;
    this.#appear(this.#isOpen && isOnlineBy({ inFront: this.#inFront ?? true }, mode));
  }

  #appear(isOnline: boolean): void {
    const { presence } = this.#services;
    if (isOnline === this.#isOnline) return;
    this.#isOnline = isOnline;
    if (isOnline) presence.appeared(this.#identity.uid);
    else presence.vanished(this.#identity.uid);
  }

  /** Typing and the like; throws StoaError INVALID_DESTINATION, and what a group says. */
  tell(frame: SendPresenceFrame): Promise<void> {
    // To find out who hears it may take a moment: that somebody has stopped must not come before that he began.
    return this.#told.run(
      () => this.#prepared(frame),
      async (publish) => publish?.(),
    );
  }

  /** What publishes it; undefined when nobody is to hear it. */
  async #prepared(frame: SendPresenceFrame): Promise<Publish | undefined> {
    // Not refused: it is true for the moment only.
    if (!(await mayTell(this.#services.access, this.#identity, frame))) return undefined;
    return frame.gid === undefined ? this.#toUser(frame) : this.#groups.presence(frame, frame.gid);
  }

  async #toUser(frame: SendPresenceFrame): Promise<Publish | undefined> {
    const { directory, blocking, access, bus } = this.#services;
    const person =
      frame.peer === undefined ? undefined : await directory.byAddress(this.#identity.aid, frame.peer);
    if (person === undefined) {
      throw new StoaError('INVALID_DESTINATION', `There is no user "${frame.peer}".`);
    }
    // Not refused: nobody is to see by it that he is blocked.
    if (!(await access.may(person, 'hearPresence'))) return undefined;
    if (!(await blocking.mayReach(person.uid, this.#identity.address, 'presence'))) return undefined;
    const presence: PresenceFrame = {
      t: 'presence',
      from: this.#identity.address,
      value: frame.value,
      ...(frame.interval === undefined ? {} : { interval: frame.interval }),
    };
    const bytes = msgpackCodec.encode(presence) as Uint8Array;
    return () => publishToUser(bus, person.uid, { type: 'frame', bytes, droppable: true });
  }

  watch(frame: WatchFrame): void | Promise<void> {
    return this.#turns.take(frame.peers.length, () => this.#watch(frame));
  }

  closed(): void {
    this.#isOpen = false;
    this.#appear(false);
    for (const uid of this.#watching.values()) this.#services.presence.unwatch(this.#watcher, uid);
    this.#watching.clear();
  }

  async #watch({ peers, on }: WatchFrame): Promise<void> {
    for (const address of peers) {
      const watched = this.#watching.get(address);
      if (!on) {
        if (watched !== undefined) this.#services.presence.unwatch(this.#watcher, watched);
        this.#watching.delete(address);
        continue;
      }
      // Not refused: a contact list may hold people who are not users (yet).
      const person = await this.#services.directory.byAddress(this.#identity.aid, address);
      if (person === undefined || this.#connection.closed) continue;
      if (watched === undefined && this.#watching.size >= limits.watchPerSession) {
        throw new StoaError(
          'TOO_MANY',
          `One connection can watch ${limits.watchPerSession} users at the most.`,
        );
      }
      if (watched !== undefined && watched !== person.uid) {
        this.#services.presence.unwatch(this.#watcher, watched);
      }
      this.#watching.set(address, person.uid);
      try {
        await this.#services.presence.watch(this.#watcher, person);
      } finally {
        // What was closed meanwhile could not end a watch that had not begun.
        if (this.#connection.closed) this.#services.presence.unwatch(this.#watcher, person.uid);
      }
    }
  }
}

/** Whether the rules of the user let others hear this of him. */
async function mayTell(
  access: Pick<Access, 'may'>,
  subject: Subject,
  { value, gid }: SendPresenceFrame,
): Promise<boolean> {
  if (!(await access.may(subject, 'tellPresence'))) return false;
  const action = ownActions[value];
  if (action !== undefined && !(await access.may(subject, action))) return false;
  return gid === undefined || access.may(subject, 'tellGroupPresence');
}

/** What needs a permission of its own. */
const ownActions: Readonly<Record<number, 'tellTyping' | 'tellJoined'>> = {
  [presenceValues.typing]: 'tellTyping',
  [presenceValues.joined]: 'tellJoined',
  [presenceValues.left]: 'tellJoined',
};
