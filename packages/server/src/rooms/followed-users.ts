import type { Bus, Subscription } from '@stoa/bus';
import { subjects, type UserEvent } from '../events.ts';
import { keyOf, type ParticipantKey } from './room-state.ts';
import type { RoomDevice } from './rooms-options.ts';

export interface FollowedUsersOptions {
  readonly bus: Bus;
  /** The user of this participant was suspended, or his device signed out. */
  readonly onSignedOut: (key: ParticipantKey) => void;
  readonly onError: (error: unknown) => void;
}

interface Followed {
  /** With which the device has signed in last. */
  tokenId: number;
  readonly subscription: Promise<Subscription>;
}

/** Listens to what happens to the users in a room: who is suspended or signed out is in no room any more. */
export class FollowedUsers {
  readonly #options: FollowedUsersOptions;
  readonly #users = new Map<ParticipantKey, Followed>();

  constructor(options: FollowedUsersOptions) {
    this.#options = options;
  }

  /** Resolves when all is heard that happens to the user from then on. */
  async follow({ uid, dev, tokenId }: Pick<RoomDevice, 'uid' | 'dev' | 'tokenId'>): Promise<void> {
    const { bus, onSignedOut, onError } = this.#options;
    const key = keyOf(uid, dev);
    const known = this.#users.get(key);
    if (known === undefined) {
      const subscription = bus.subscribe(subjects.user(uid), (event) => {
        if (isEnd(event as UserEvent, dev, followed.tokenId)) onSignedOut(key);
      });
      const followed: Followed = { tokenId, subscription };
      this.#users.set(key, followed);
      await subscription.catch(onError);
      return;
    }
    // It has come back, perhaps with another token: the one before is nothing to it.
    known.tokenId = tokenId;
    await known.subscription.catch(() => {});
  }

  unfollow(key: ParticipantKey): void {
    const followed = this.#users.get(key);
    this.#users.delete(key);
    followed?.subscription.then((found) => found.unsubscribe()).catch(() => {});
  }

  stop(): void {
    for (const key of [...this.#users.keys()]) this.unfollow(key);
  }
}

function isEnd(event: UserEvent, dev: number, tokenId: number): boolean {
  if (event.type === 'end-sessions') return event.tokenId === undefined || event.tokenId === tokenId;
  return event.type === 'device-ended' && event.dev === dev;
}
