import type { Bus, Subscription } from '@stoa/bus';
import type { Directory } from './directory/index.ts';
import { publishToUser, subjects, type UserChanged } from './events.ts';
import type { PublishUserChange } from './users/index.ts';

/** Makes the function through which the user domain tells all nodes what became of a user. */
export function announceUserChanges(bus: Bus): PublishUserChange {
  return ({ type, uid, tokenId }) => {
    const changed: UserChanged = { type: 'user-changed', uid };
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
        return;
    }
  };
}

/** Keeps this node's directory true when a user changes on any node. */
export function followUserChanges(bus: Bus, directory: Directory): Promise<Subscription> {
  return bus.subscribe(
    subjects.users,
    (event) => {
      if (event.type === 'user-changed') directory.forget((event as UserChanged).uid);
    },
    () => directory.forgetAll(),
  );
}
