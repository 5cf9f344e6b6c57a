import type { Bus } from '@stoa/bus';
import type { MediaEngine } from '@stoa/media';
import type { Store } from '@stoa/storage';
import { type CallAlarm, Calls, type MayCall, turnServers } from './calls/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import type { Messages } from './messages/index.ts';
import { generateToken } from './secret-token.ts';
import type { Settings } from './settings/index.ts';
import type { SessionServices } from './socket/session.ts';

export interface CallingOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'settings'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly messages: Messages;
  readonly mayCall: MayCall;
  readonly alarm: CallAlarm;
  readonly engine: () => Promise<MediaEngine>;
  readonly onError: (error: unknown) => void;
}

/** Joins calls with the rest of a node: their times, their messages, and what clients ask for them. */
export async function startCalling({ settings, store, messages, ...others }: CallingOptions): Promise<{
  calls: Calls;
  operations: Pick<SessionServices['operations'], 'calls.servers'>;
}> {
  const calls = new Calls({
    ...others,
    secret: await store.settings.setOnce('calls.secret', generateToken()),
    times: {
      ring: settings.callRingSeconds * 1_000,
      connect: settings.callConnectSeconds * 1_000,
      grace: settings.callGraceSeconds * 1_000,
      longest: settings.callMinutes * 60_000,
    },
    writeLog: async (caller, callee, call, id) => {
      // Not from one of the caller's devices, so that it is new to all of them.
      const message = { id, flags: 0, content: { call } };
      const { announce } = await messages.acceptUnjudged({ ...caller, dev: 0 }, callee, message);
      announce();
    },
  });
  const { turnUrls: urls, turnSecret: secret, turnSeconds: seconds } = settings;
  const { now } = others.clock;
  return {
    calls,
    operations: { 'calls.servers': async ({ uid }) => turnServers({ urls, secret, seconds }, uid, now()) },
  };
}
