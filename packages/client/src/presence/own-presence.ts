import type { PresenceMode } from '@stoa/protocol';
import type { ClientHost } from '../client-host.ts';

/** The part of a document that tells whether it is shown. */
export interface Page {
  readonly visibilityState: 'visible' | 'hidden';
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

/**
 * When this user is online for those who may see it. The mode is the same on all of his devices, and the server keeps to it:
 *
 * - `foreground` (the default): while the application is in front on one of his devices;
 * - `login`: while one of them is connected;
 * - `manual`: when he says so, whatever is in front.
 *
 * Who may see it is `visibility.online` of the profile: everybody, contacts, nobody, or the members of a group of his.
 *
 * @example
 * await client.profiles.update({ visibility: { online: { group: gid } } }); // for the members of this group alone
 * await client.presence.setOnline(false); // away, on all devices, until …
 * await client.presence.setMode('foreground');
 */
export class OwnPresence {
  readonly #host: Pick<ClientHost, 'ask' | 'setFront'>;
  readonly #page: Page | undefined;
  #said: boolean | undefined;

  constructor(
    host: Pick<ClientHost, 'ask' | 'setFront'>,
    page: Page | undefined = typeof document === 'undefined' ? undefined : document,
  ) {
    this.#host = host;
    this.#page = page;
  }

  /** As this device knows it. Rejects with StoaError UNAVAILABLE when it does not and has no connection. */
  async mode(): Promise<PresenceMode> {
    return (await this.#host.ask('ownProfile'))?.presence ?? { mode: 'foreground' };
  }

  /** In `manual` the user is online until setOnline(). Rejects with StoaError UNAVAILABLE, RATE_LIMITED or PERMISSION_DENIED. */
  async setMode(mode: PresenceMode['mode']): Promise<void> {
    await this.#host.ask('updateProfile', { presence: { mode } });
  }

  /** Online or away by the user's own word: the mode is `manual` from then on. Rejects as setMode() does. */
  async setOnline(online: boolean): Promise<void> {
    await this.#host.ask('updateProfile', { presence: { mode: 'manual', online } });
  }

  /**
   * For applications that know better than the visibility of their page whether they are in front; undefined: it counts
   * again.
   */
  setInFront(on: boolean | undefined): void {
    this.#said = on;
    this.#tell();
  }

  /** The client does it. */
  start(): void {
    this.#page?.addEventListener('visibilitychange', this.#tell);
    this.#tell();
  }

  stop(): void {
    this.#page?.removeEventListener('visibilitychange', this.#tell);
  }

  readonly #tell = (): void => {
    const isShown = this.#page === undefined ? undefined : this.#page.visibilityState === 'visible';
    this.#host.setFront(this.#said ?? isShown);
  };
}
