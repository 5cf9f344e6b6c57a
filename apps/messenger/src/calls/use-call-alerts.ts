import type { Call } from '@stoa/client';
import { useEffect } from 'react';
import { useLive } from '../hooks/live.ts';
import { hrefOf } from '../hooks/use-route.ts';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import type { Kept } from '../service-worker/push-note.ts';
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
  useEffect(() => (call === undefined ? undefined : notify(name, call)), [call, name]);
}

/** Returns what takes it back. Without the user's permission nothing is shown. */
function notify(name: string, { peer, video }: Call): (() => void) | undefined {
  const isWanted = document.visibilityState === 'hidden' && globalThis.Notification?.permission === 'granted';
  if (!isWanted) return undefined;
  const options = {
    body: video ? 'Incoming video call' : 'Incoming voice call',
    // The tabs of a user show one.
    tag: `stoa.call.${name}`,
    requireInteraction: true,
    data: { href: hrefOf({ peer }) } satisfies Kept,
  };
  try {
    const shown = new Notification(name, options);
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
    });
    return () => shown.close();
  } catch {
    return notifyThroughWorker(name, options);
  }
}

/** Chrome on Android lets only service workers show something. */
function notifyThroughWorker(title: string, options: NotificationOptions & { tag: string }): () => void {
  const registered = navigator.serviceWorker.getRegistration();
  const shown = registered.then((registration) => registration?.showNotification(title, options));
  shown.catch(console.warn);
  return () => {
    const close = async (): Promise<void> => {
      await shown;
      const found = await (await registered)?.getNotifications({ tag: options.tag });
      for (const notification of found ?? []) notification.close();
    };
    close().catch(console.warn);
  };
}
