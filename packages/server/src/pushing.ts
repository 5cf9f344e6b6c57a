import type { Store } from '@stoa/storage';
import type { Clock } from './clock.ts';
import { pushOperations, Registrations, vapidKeys } from './push/index.ts';
import type { Settings } from './settings/index.ts';
import type { SessionServices } from './socket/session.ts';

export interface PushingOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'push' | 'settings'>;
  readonly clock: Clock;
}

/** Joins push with the rest of a node: what wakes devices, and what clients ask for it. */
export async function startPushing({ settings, store, clock }: PushingOptions): Promise<{
  operations: Pick<SessionServices['operations'], 'push.register' | 'push.unregister' | 'push.key'>;
}> {
  const registrations = new Registrations({
    store: store.push,
    clock,
    privateAddresses: settings.pushPrivateAddresses,
  });
  return { operations: pushOperations(registrations, await vapidKeys(store.settings)) };
}
