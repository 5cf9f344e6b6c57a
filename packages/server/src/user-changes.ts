import type { Bus, Subscription } from '@stoa/bus';
import type { Blocking } from './blocking/index.ts';
import type { Directory } from './directory/index.ts';
import { publishToUser, subjects, type UserChanged } from './events.ts';
import type { PublishUserChange } from './users/index.ts';

/** Makes the function through which the user domain tells all nodes what became of a user. */
export function announceUserChanges(bus: Bus): PublishUserChange {
  return ({ type, uid, tokenId }) => {
    const changed: UserChanged = { type: type === 'blocks-changed' ? type : 'user-changed', uid };
    bus.publish(subjects.users, changed);
    switch (type) {
      case 'user-suspended':
        publishToUser(bus, uid, { type: 'end-sessions', reason: 'suspended' });
        return;
      case 'user-removed':
        publishToUser(bus, uid, { type: 'end-sessions', reason: 'unauthorized' });
        return;
      case 'token-revoked': {
        const one = tokenId === undefined ? {} : { tokenId };
        publishToUser(bus, uid, { type: 'end-sessions', reason: 'unauthorized', ...one });
        return;
      }
      case 'user-changed':
      case 'blocks-changed':
        return;
    }
  };
}

/** What this node remembers of users. */
export interface Remembering {
  readonly directory: Pick<Directory, 'forget' | 'forgetAll'>;
  readonly blocking: Pick<Blocking, 'forget' | 'forgetAll'>;
  /** The user is not as he was, his name for instance. */
  readonly onUserChanged: (uid: number) => void;
  /** The user has changed whom he blocks. */
  readonly onBlocksChanged: (uid: number) => void;
  /** Any user may have changed in any of this. */
  readonly onMayHaveMissed: () => void;
}

/** Keeps what this node remembers of users true when one changes on any node. */
export function followUserChanges(
  bus: Bus,
  { directory, blocking, onUserChanged, onBlocksChanged, onMayHaveMissed }: Remembering,
): Promise<Subscription> {
  return bus.subscribe(
    subjects.users,
    (event) => {
      const { type, uid } = event as UserChanged;
      if (type === 'user-changed') {
        directory.forget(uid);
        onUserChanged(uid);
      }
      if (type !== 'blocks-changed') return;
      blocking.forget(uid);
      onBlocksChanged(uid);
    },
    () => {
      directory.forgetAll();
      blocking.forgetAll();
      onMayHaveMissed();
    },
  );
}
