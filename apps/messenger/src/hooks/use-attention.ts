import { useSyncExternalStore } from 'react';

/** Whether the user can see the page now and is working in it. */
export function hasAttention(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, hasAttention);
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  return () => {
    document.removeEventListener('visibilitychange', listener);
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
  };
}
