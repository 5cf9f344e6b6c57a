import { type PresenceFrame, presenceValues } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { ClientEvents, ConnectionStatus, PresenceEvent, Self } from '../types.ts';
import type { SharedState, ToldEvent, Welcome } from './tab-messages.ts';
import { fromWireStatus } from './wire-errors.ts';

/** What a tab can say of the shared client without asking the leader. */
export class View {
  readonly #clock: Clock;
  readonly #presence = new Map<string, PresenceEvent>();
  readonly #blocked = new Set<string>();
  #state: SharedState | undefined;
  #user: Self | undefined;
  /** Whether the leader signs in with the credentials of this tab. */
  isSameSignIn = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined before the first leader was joined. */
  get status(): ConnectionStatus | undefined {
    return this.#state === undefined ? undefined : fromWireStatus(this.#state.status);
  }

  get self(): Self | undefined {
    return this.#state?.self;
  }

  /** Whose client it is, as the server has said, and not only the store. */
  get user(): Pick<Self, 'uid' | 'address'> | undefined {
    return this.#user && { uid: this.#user.uid, address: this.#user.address };
  }

  get run(): string | undefined {
    return this.#state?.run;
  }

  get serverTime(): number {
    return this.#clock.now() + (this.#state?.ahead ?? 0);
  }

  presenceOf(address: string): PresenceEvent | undefined {
    return this.#presence.get(address);
  }

  isBlocked(address: string): boolean {
    return this.#blocked.has(address);
  }

  joined(welcome: Welcome): void {
    this.isSameSignIn = welcome.isSameSignIn;
    this.#blocked.clear();
    for (const address of welcome.blocked) this.#blocked.add(address);
    this.changed(welcome);
    for (const presence of welcome.presence) this.#presence.set(presence.from, presence);
  }

  changed(state: SharedState): void {
    this.#state = state;
    if (state.status.state === 'online') this.#user = state.status.self;
    // Without a connection nobody's presence is known.
    if (state.status.state !== 'online') this.#presence.clear();
  }

  learn({ name, args }: ToldEvent): void {
    if (name === 'presence') {
      const [presence] = args as ClientEvents['presence'];
      if (isStateOfUser(presence)) this.#presence.set(presence.from, presence);
    } else if (name === 'blocked') {
      const [address, isBlocked] = args as ClientEvents['blocked'];
      if (isBlocked) this.#blocked.add(address);
      else this.#blocked.delete(address);
    }
  }
}

/** Whether it says that a user came or went: whoever watches is told. */
export function isStateOfUser({ value, gid }: Pick<PresenceFrame, 'value' | 'gid'>): boolean {
  return gid === undefined && (value === presenceValues.online || value === presenceValues.offline);
}
