import type { LocalClient } from '../local-client.ts';
import type { PresenceEvent } from '../types.ts';

/** Whose presence the tabs watch: a user is watched while one of them does. */
export class Watchers {
  readonly #client: Pick<LocalClient, 'watch' | 'unwatch' | 'presenceOf'>;
  readonly #tabs = new Map<string, Set<string>>();

  constructor(client: Pick<LocalClient, 'watch' | 'unwatch' | 'presenceOf'>) {
    this.#client = client;
  }

  /** What is known already of those whom another tab watches: the server does not say it again. */
  watch(tab: string, peers: readonly string[]): PresenceEvent[] {
    for (const peer of peers) {
      const tabs = this.#tabs.get(peer) ?? new Set();
      this.#tabs.set(peer, tabs.add(tab));
    }
    this.#client.watch(peers);
    return peers.flatMap((peer) => this.#client.presenceOf(peer) ?? []);
  }

  unwatch(tab: string, peers: readonly string[]): void {
    const nobodys = peers.filter((peer) => {
      const tabs = this.#tabs.get(peer);
      tabs?.delete(tab);
      return tabs?.size === 0 && this.#tabs.delete(peer);
    });
    if (nobodys.length > 0) this.#client.unwatch(nobodys);
  }

  /** The tab is gone. */
  forget(tab: string): void {
    this.unwatch(tab, [...this.#tabs.keys()]);
  }
}
