import type { Store } from '@stoa/storage';
import type { CallAlarm } from './calls/index.ts';
import type { Clock } from './clock.ts';
import { pushAlarm, pushOperations, Registrations, Sender, vapidKeys } from './push/index.ts';
import type { Settings } from './settings/index.ts';
import type { SessionServices } from './socket/session.ts';

export interface PushingOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'push' | 'settings'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Joins push with the rest of a node: what wakes devices, and what clients ask for it. */
export async function startPushing({ settings, store, clock, onError }: PushingOptions): Promise<{
  operations: Pick<SessionServices['operations'], 'push.register' | 'push.unregister' | 'push.key'>;
  alarm: CallAlarm;
  /** To be called about once a second. */
  tick(): void;
  close(): Promise<void>;
}> {
  const keys = await vapidKeys(store.settings);
  const common = { store: store.push, clock, privateAddresses: settings.pushPrivateAddresses };
  const contact = settings.pushContact ?? contactAt(settings.publicUrl);
  const sender = new Sender({ ...common, keys, contact, onError });
  return {
    operations: pushOperations(new Registrations(common), keys),
    alarm: pushAlarm((uid, note) => sender.send(uid, note), {
      ringMs: settings.callRingSeconds * 1_000,
      onError,
    }),
    tick: () => sender.tick(),
    close: () => sender.close(),
  };
}

/** Push services want to know whom to write to. */
function contactAt(publicUrl: string | null): string {
  return `mailto:admin@${publicUrl === null ? 'localhost' : new URL(publicUrl).hostname}`;
}
