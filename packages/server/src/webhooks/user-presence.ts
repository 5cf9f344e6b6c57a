import type { NewWebhookEvent, WebhookStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory/index.ts';
import { userEvent } from './events.ts';
import { eventsFor } from './happenings.ts';
import type { Webhooks } from './webhooks.ts';

export interface UserPresenceOptions {
  /** Name of this node, unique in the installation. */
  readonly node: string;
  readonly store: Pick<WebhookStore, 'userCame' | 'userLeft' | 'nodeAfter' | 'usersOf'>;
  readonly webhooks: Pick<Webhooks, 'of' | 'wants'>;
  readonly directory: Pick<Directory, 'byUid'>;
  readonly clock: Clock;
  readonly onAdded: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells when users come and go, over all nodes: which nodes hold a user is written down, so that only the first one tells
 * that he came, and only the last one that he left; of a node that died, the others tell it.
 */
export class UserPresence {
  readonly #options: UserPresenceOptions;
  /** Apps of which it is written down which nodes hold their users. */
  readonly #noted = new Set<number>();
  /** The last write about each user: they are made one after the other. */
  readonly #writes = new Map<number, Promise<void>>();

  constructor(options: UserPresenceOptions) {
    this.#options = options;
  }

  /** The first connection of a user to this node. */
  came(uid: number): void {
    const { node, store } = this.#options;
    this.#write(uid, 'online', (events) => store.userCame(uid, node, events));
  }

  /** The last connection of a user to this node has ended. */
  left(uid: number): void {
    const { node, store } = this.#options;
    this.#write(uid, 'offline', (events) => store.userLeft(uid, node, events));
  }

  /** Somebody may want to be told who was not there when these users came. */
  async note(uids: Iterable<number>): Promise<void> {
    const { node, store, directory } = this.#options;
    const isNew = new Map<number, boolean>();
    for (const uid of uids) {
      const person = await directory.byUid(uid);
      if (person === undefined) continue;
      const { aid } = person;
      if (!isNew.has(aid)) isNew.set(aid, this.#isFollowed(aid) && !this.#noted.has(aid));
      if (isNew.get(aid)) await this.#after(uid, () => store.userCame(uid, node, []));
    }
    for (const aid of isNew.keys()) {
      if (this.#isFollowed(aid)) this.#noted.add(aid);
      else this.#noted.delete(aid);
    }
  }

  /** Users whom only nodes hold that are not there any more have left. */
  async forgetNodes(lives: (node: string) => boolean, goOn: () => boolean): Promise<void> {
    const { node, store } = this.#options;
    for (let name = await store.nodeAfter(''); name !== undefined; name = await store.nodeAfter(name)) {
      const gone = name;
      if (gone === node || lives(gone)) continue;
      for (;;) {
        const uids = await store.usersOf(gone, usersAtOnce);
        if (uids.length === 0 || !goOn()) break;
        for (const uid of uids) {
          const events = await this.#events(uid, 'offline');
          await this.#after(uid, () => store.userLeft(uid, gone, events));
        }
        this.#options.onAdded();
      }
    }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await Promise.all(this.#writes.values());
  }

  #write(
    uid: number,
    status: 'online' | 'offline',
    write: (events: NewWebhookEvent[]) => Promise<void>,
  ): void {
    this.#after(uid, async () => {
      const person = await this.#options.directory.byUid(uid);
      if (person === undefined || !this.#isFollowed(person.aid)) return;
      await write(await this.#events(uid, status));
      this.#options.onAdded();
    }).catch(this.#options.onError);
  }

  #after(uid: number, work: () => Promise<void>): Promise<void> {
    const done = (this.#writes.get(uid) ?? Promise.resolve()).then(work);
    const settled = done.catch(() => {});
    this.#writes.set(uid, settled);
    settled.then(() => {
      if (this.#writes.get(uid) === settled) this.#writes.delete(uid);
    });
    return done;
  }

  async #events(uid: number, status: 'online' | 'offline'): Promise<NewWebhookEvent[]> {
    const { directory, webhooks, clock } = this.#options;
    const person = await directory.byUid(uid);
    if (person === undefined) return [];
    const now = clock.now();
    return eventsFor(webhooks.of(person.aid, `user.${status}`), userEvent(person, status, now), now);
  }

  #isFollowed(aid: number): boolean {
    const { webhooks } = this.#options;
    return webhooks.wants(aid, 'user.online') || webhooks.wants(aid, 'user.offline');
  }
}

const usersAtOnce = 500;
