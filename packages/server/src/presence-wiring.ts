import type { Bus } from '@stoa/bus';
import type { UserStore } from '@stoa/storage';
import type { Blocking } from './blocking/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { type OtherNodes, Presence, type PresenceOptions } from './presence/index.ts';
import { followUserChanges } from './user-changes.ts';

export interface PresenceWiringOptions
  extends Pick<PresenceOptions, 'hidden' | 'onProfileChanged' | 'onCame' | 'onLeft' | 'seenStep' | 'maySee'> {
  readonly node: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly store: { readonly users: UserStore };
  readonly others: OtherNodes;
  readonly directory: Directory;
  readonly blocking: Blocking;
  readonly onError: (error: unknown) => void;
}

/** Joins presence with the rest of a node: who may see it, and what changes that. */
export async function startPresence({ store, maySee, ...options }: PresenceWiringOptions): Promise<Presence> {
  const { bus, directory, blocking, onError } = options;
  const presence = new Presence({
    ...options,
    users: store.users,
    graceMs,
    maySee: async (uid, address) => {
      const allowed = await maySee(uid, address);
      return (await blocking.mayReach(uid, address, 'presence')) ? allowed : { ...allowed, sees: false };
    },
  });
  await followUserChanges(bus, {
    directory,
    blocking,
    onUserChanged: (uid) => presence.profileChanged(uid),
    onBlocksChanged: (uid) => {
      presence.review(uid).catch(onError);
      presence.profileChanged(uid);
    },
    onMayHaveMissed: () => presence.mayHaveMissed(),
  });
  return presence;
}

const graceMs = 3_000;
