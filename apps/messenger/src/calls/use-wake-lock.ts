import { useEffect } from 'react';

/** Keeps the screen on while `isWanted`, where the browser can. */
export function useWakeLock(isWanted: boolean): void {
  useEffect(() => {
    const { wakeLock } = navigator as { wakeLock?: WakeLock };
    if (!isWanted || wakeLock === undefined) return;
    let lock: WakeLockSentinel | undefined;
    let isOver = false;
    const take = (): void => {
      // The system may refuse it, to spare the battery. A page that cannot be seen loses it.
      if (document.visibilityState !== 'visible') return;
      wakeLock.request('screen').then(
        (taken) => {
          if (isOver) void taken.release();
          else lock = taken;
        },
        () => {},
      );
    };
    take();
    document.addEventListener('visibilitychange', take);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', take);
      void lock?.release();
    };
  }, [isWanted]);
}
