import type { Bus } from '@stoa/bus';
import type { MediaEngine } from '@stoa/media';
import type { Store } from '@stoa/storage';
import { type Access, pictureHeight } from './access/index.ts';
import { type CallAlarm, Calls, type MayCall } from './calls/index.ts';
import type { Clock } from './clock.ts';
import type { Directory, Person } from './directory/index.ts';
import type { ServersFor } from './ice-servers.ts';
import type { Messages } from './messages/index.ts';
import { generateToken } from './secret-token.ts';
import type { Settings } from './settings/index.ts';
import type { SessionServices } from './socket/session.ts';

export interface CallingOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'settings' | 'devices'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly messages: Messages;
  readonly mayCall: MayCall;
  readonly access: Pick<Access, 'may' | 'rules'>;
  /** Those of these servers that the user may use. */
  readonly serversFor: ServersFor;
  readonly alarm: CallAlarm;
  readonly engine: () => Promise<MediaEngine>;
  readonly onError: (error: unknown) => void;
}

/** Joins calls with the rest of a node: their times, their messages, and what clients ask for them. */
export async function startCalling({
  settings,
  store,
  messages,
  access,
  serversFor,
  ...others
}: CallingOptions): Promise<{
  calls: Calls;
  operations: Pick<SessionServices['operations'], 'calls.servers'>;
}> {
  const heightFor = async (user: Pick<Person, 'aid' | 'uid'>): Promise<number | undefined> => {
    const rules = await access.rules(user);
    return rules && pictureHeight(rules, 'callInHd', 'callInFullHd');
  };
  const calls = new Calls({
    ...others,
    secret: await store.settings.setOnce('calls.secret', generateToken()),
    times: {
      ring: settings.callRingSeconds * 1_000,
      connect: settings.callConnectSeconds * 1_000,
      grace: settings.callGraceSeconds * 1_000,
      longest: settings.callMinutes * 60_000,
    },
    longestOf: async (caller, callee) => {
      const both = await Promise.all([caller, callee].map((one) => access.rules(one)));
      const limits = both.flatMap((rules) => rules?.callMs || []);
      return limits.length === 0 ? undefined : Math.min(...limits);
    },
    pictureRules: async (user) => {
      const [video, height] = await Promise.all([access.may(user, 'useVideo'), heightFor(user)]);
      return { video, height };
    },
    tokenOf: async (uid, dev) => (await store.devices.find(uid, dev))?.tokenId ?? undefined,
    writeLog: async (caller, callee, call, id) => {
      for (const one of [caller, callee]) if (!(await access.may(one, 'haveCallsLogged'))) return;
      // Not from one of the caller's devices, so that it is new to all of them.
      const message = { id, flags: 0, content: { call } };
      const { announce } = await messages.acceptUnjudged({ ...caller, dev: 0 }, callee, message);
      announce();
    },
  });
  return {
    calls,
    operations: {
      'calls.servers': async (device) => {
        const servers = await serversFor(device);
        const height = await heightFor(device);
        return { ...servers, ...(height === undefined ? {} : { height }) };
      },
    },
  };
}
