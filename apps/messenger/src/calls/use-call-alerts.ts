import { useEffect } from 'react';
import { useLive } from '../hooks/live.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { playTone, type ToneName } from './tone.ts';
import { usePeerName } from './use-peer-name.ts';

/** Rings, and shows a notification of the system while the page cannot be seen. */
export function useCallAlerts(): void {
  const { calls } = useWorkspace();
  const { current, incoming, isSilenced } = useLive(calls);
  const isTaken = current !== undefined && current.status.phase !== 'ended';
  let tone: ToneName | undefined;
  if (incoming !== undefined && !incoming.isOpening && !isSilenced) tone = isTaken ? 'waiting' : 'ring';
  else if (current?.status.phase === 'ringing') tone = 'ringback';
  useEffect(() => (tone === undefined ? undefined : playTone(tone)), [tone]);

  const call = incoming?.call;
  const name = usePeerName(call?.peer ?? '', call?.name ?? '');
  useEffect(() => (call === undefined ? undefined : notify(name, call.video)), [call, name]);
}

/** Returns what takes it back. Without the user's permission nothing is shown. */
function notify(name: string, video: boolean): (() => void) | undefined {
  const isWanted = document.visibilityState === 'hidden' && globalThis.Notification?.permission === 'granted';
  if (!isWanted) return undefined;
  try {
    const shown = new Notification(name, {
      body: video ? 'Incoming video call' : 'Incoming voice call',
      // The tabs of a user show one.
      tag: `stoa.call.${name}`,
      requireInteraction: true,
    });
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
    });
    return () => shown.close();
  } catch {
    // Chrome on Android lets only service workers do this.
    return undefined;
  }
}
