/** What runs in both pages of `npm run bench -- calls`: calls of Stoa, and the same two pages wired directly. */
import { type Call, Client } from '@stoa/client';
import { indexedDbStore } from '@stoa/client/indexed-db';
import { DirectCaller, type Seen } from './direct.ts';
import { firstFrame } from './first-frame.ts';

const query = new URLSearchParams(location.search);
const option = (name: string): string => query.get(name) ?? '';

const client = new Client({
  url: option('server'),
  token: option('token'),
  store: indexedDbStore(`calls-${option('user')}`),
});
const direct = new DirectCaller(new BroadcastChannel('direct'));
let call: Call | undefined;
client.on('call', (begun) => {
  call = begun;
});

/** By the clock of the machine, in milliseconds, as all that this page hands out. */
const now = (): number => performance.timeOrigin + performance.now();

/** Resolves when the call is in this phase. */
function reaches(phase: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      const status = call?.status.phase;
      if (status === phase) resolve();
      else if (status === 'ended') reject(new Error(`The call ended before it was ${phase}.`));
      return status === phase || status === 'ended';
    };
    if (look()) return;
    const stop = call?.on('status', () => {
      if (look()) stop?.();
    });
    if (call === undefined) client.on('call', () => void reaches(phase).then(resolve, reject));
  });
}

export const callers = {
  client,
  /** Calls, and resolves when it rings at the other side. */
  async call(peer: string): Promise<void> {
    call = client.calls.call(peer, { video: true });
    await reaches('ringing');
  },
  incoming: (): Promise<void> => reaches('incoming'),
  /** Answers, and resolves when the first frame is decoded. */
  async answer(): Promise<Seen> {
    if (call === undefined) throw new Error('Nobody calls.');
    const at = now();
    const seen = firstFrame(call.remoteStream, now);
    await call.answer({ video: true });
    return { at, seenAt: await seen };
  },
  /** Resolves to the time when the first frame was decoded. */
  async seen(): Promise<number> {
    if (call === undefined) throw new Error('There is no call.');
    return firstFrame(call.remoteStream, now);
  },
  async hangup(): Promise<void> {
    call?.hangup();
    await reaches('ended').catch(() => {});
    call = undefined;
  },
  direct,
};
export type Callers = typeof callers;
Object.assign(globalThis, { callers });
await client.start();
