import { randomUUID } from 'node:crypto';
import type { Store } from '@stoa/storage';
import type { Blocking } from './blocking/index.ts';
import type { CallAlarm } from './calls/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { TokenBuckets } from './limits/index.ts';
import type { Gone } from './messages/index.ts';
import {
  ActionTickets,
  MessageNotes,
  MessageSweep,
  PushActions,
  type PushActionsOptions,
  pushAlarm,
  pushOperations,
  Registrations,
  Sender,
  SweepMark,
  ticketSecret,
  vapidKeys,
} from './push/index.ts';
import { pushProviders } from './push-providers.ts';
import type { Settings } from './settings/index.ts';
import type { SessionServices } from './socket/session.ts';

export interface PushingOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly blocking: Blocking;
  readonly gone: Gone;
  readonly hasOthers: boolean;
  readonly onError: (error: unknown) => void;
}

/** Joins push with the rest of a node: what wakes devices, and what clients ask for it. */
export async function startPushing(options: PushingOptions): Promise<{
  operations: Pick<SessionServices['operations'], 'push.register' | 'push.unregister' | 'push.key'>;
  alarm: CallAlarm;
  /** Looks for messages that wait; to be called about once a second, not twice at once. */
  sweep(goOn: () => boolean): Promise<void>;
  /** What the buttons of notifications do. */
  actions(parts: Pick<PushActionsOptions, 'send' | 'markRead'>): PushActions;
  /** To be called about once a second. */
  tick(): void;
  /** When nothing sweeps any more. */
  close(): Promise<void>;
}> {
  const { settings, store, clock, directory, blocking, gone, hasOthers, onError } = options;
  const keys = await vapidKeys(store.settings);
  const common = { store: store.push, clock, privateAddresses: settings.pushPrivateAddresses };
  const contact = settings.pushContact ?? contactAt(settings.publicUrl);
  const tickets = new ActionTickets({ secret: await ticketSecret(store.settings), now: clock.now });
  const providers = pushProviders({ settings, clock, keys, contact, tickets });
  const sender = new Sender({ store: store.push, clock, providerOf: providers.of, onError });
  const send: Sender['send'] = (uid, note) => sender.send(uid, note);
  const ring: Sender['send'] = async (uid, note) => {
    if ((await store.users.find(uid))?.active === true) await send(uid, note);
  };
  const notes = new MessageNotes({ store, directory, blocking, gone, clock, content: settings.pushContent });
  const mark = new SweepMark({
    store: store.pushSweep,
    clock,
    node: randomUUID(),
    hasOthers,
    oldestUnsent: () => sender.oldestUnsent,
  });
  const noteFor: MessageNotes['noteFor'] = (uid, conversation) => notes.noteFor(uid, conversation);
  const messages = new MessageSweep({ store, clock, mark, noteFor, send, onError });
  return {
    operations: pushOperations(new Registrations(common), keys),
    alarm: pushAlarm(ring, { ringMs: settings.callRingSeconds * 1_000, onError }),
    sweep: (goOn) => messages.run(goOn),
    actions: (parts) =>
      new PushActions({
        store,
        now: clock.now,
        directory,
        tickets,
        rate: new TokenBuckets({ capacity: actionsPerMinute, fillMs: 60_000, now: clock.now }),
        ...parts,
      }),
    tick: () => sender.tick(),
    async close() {
      await mark.close();
      await sender.close();
      providers.close();
    },
  };
}

/** Answers and read marks of a user by notifications. */
const actionsPerMinute = 30;

/** Push services want to know whom to write to. */
function contactAt(publicUrl: string | null): string {
  return `mailto:admin@${publicUrl === null ? 'localhost' : new URL(publicUrl).hostname}`;
}
