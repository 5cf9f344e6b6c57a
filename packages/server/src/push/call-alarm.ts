import { createHash } from 'node:crypto';
import type { CallAlarm, CallFacts } from '../calls/index.ts';
import type { CallData, PushNote } from './note.ts';

/**
 * Wakes the devices of somebody who is called, and lets them stop when the call has ended or was answered. The second
 * note takes the place of the first at a push service that still has it.
 *
 * @param ringMs for how long a call rings
 */
export function pushAlarm(
  send: (uid: number, note: PushNote) => Promise<void>,
  { ringMs, onError }: { readonly ringMs: number; readonly onError: (error: unknown) => void },
): CallAlarm {
  const tell = (type: 'call' | 'call-ended', { id, caller, callee, video, invitedAt }: CallFacts): void => {
    const data: CallData = { type, call: id, from: caller.address, name: caller.name, video, invitedAt };
    const topic = createHash('sha256').update(id).digest('base64url').slice(0, 32);
    const note: PushNote = { data, seconds: Math.ceil(ringMs / 1_000), urgency: 'high', topic };
    send(callee.uid, note).catch(onError);
  };
  return { ring: (call) => tell('call', call), stop: (call) => tell('call-ended', call) };
}
